using System.Text.Json.Serialization;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Engine.Snapshots;

namespace CodexSidecar.Engine.State;

/// <summary>A session on disk: <c>sessions/ID/session.json</c>. Its events are those of its runs, in order.</summary>
internal sealed record SessionRecord(string SessionId, string Workspace, DateTimeOffset CreatedAt, IReadOnlyList<string> Runs);

/// <summary>What must be known of a run to list it and to undo it, kept as <c>run.json</c>.</summary>
/// <param name="Changes">Every path the run changed, with hashes before and after.</param>
/// <param name="UnderWay">While a command runs: what differed from the snapshot before it. Found after a kill, whatever else differs now is
/// the command's.</param>
internal sealed record RunRecord(
    string RunId,
    string SessionId,
    string Task,
    string Workspace,
    DateTimeOffset StartedAt,
    string SnapshotId,
    IReadOnlyList<ChangedPath> Changes,
    StopReason? Stop = null,
    string? Detail = null,
    bool Undone = false,
    IReadOnlyList<ChangedPath>? UnderWay = null
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(SessionRecord))]
[JsonSerializable(typeof(JudgedVote))]
internal sealed partial class SessionJson : JsonSerializerContext;
