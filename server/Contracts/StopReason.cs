using System.Text.Json.Serialization;

namespace CodexSidecar.Contracts;

/// <summary>Why a run ended; the table of docs/architecture.md, section "Stop reasons", says what becomes of the files.</summary>
[JsonConverter(typeof(SnakeCaseEnum<StopReason>))]
public enum StopReason
{
    Done,
    NothingToDo,
    TestsFailed,
    NoProgress,
    LimitTime,
    LimitTokens,
    LimitRequests,
    LimitChanges,
    Loop,
    MalformedReplies,
    CassetteMismatch,
    Forbidden,
    RejectedByConsilium,
    UserRejected,
    ModelUnavailable,
    Cancelled,
    Interrupted,
    Failed,
}
