using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;

namespace CodexSidecar.Faces.Acp;

/// <summary>ACP's five stop reasons. "refusal" is never used for a vote or a policy: a client may drop the whole turn from its history
/// then.</summary>
internal static class AcpStop
{
    public static string Of(RunOutcome outcome) =>
        outcome.Stop switch
        {
            StopReason.LimitTokens => "max_tokens",
            StopReason.LimitRequests or StopReason.LimitTime => "max_turn_requests",
            StopReason.Cancelled or StopReason.Interrupted => "cancelled",
            StopReason.Done
            or StopReason.NothingToDo
            or StopReason.TestsFailed
            or StopReason.NoProgress
            or StopReason.LimitChanges
            or StopReason.Loop
            or StopReason.MalformedReplies
            or StopReason.CassetteMismatch
            or StopReason.Forbidden
            or StopReason.RejectedByConsilium
            or StopReason.UserRejected
            or StopReason.ModelUnavailable
            or StopReason.Failed => "end_turn",
        };
}
