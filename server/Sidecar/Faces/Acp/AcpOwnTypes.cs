using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Acp;

// Our own methods, below _codexSidecar/. All belong to one session.

internal sealed record ReplayParams(string SessionId, string? RunId = null, long? AfterSeq = null);

internal sealed record ReplayResult(long FromSeq, long ToSeq, int Count);

internal sealed record RunListParams(string SessionId, string? Cursor = null);

internal sealed record RunListResult(IReadOnlyList<ListedRun> Runs, string? NextCursor);

/// <param name="Cassette">Absolute path of the recorded model exchanges; null when none were recorded.</param>
internal sealed record ListedRun(
    string RunId,
    string Task,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    StopReason? Stop,
    Verdict? Verdict,
    IReadOnlyList<string> PatchIds,
    string? Cassette
);

/// <summary>A decision about hunks of a patch that is applied already: <c>accept</c> false takes the hunk out of the file, true puts it
/// back in.</summary>
/// <param name="RunId">Patch ids are unique within a run; null: the newest run with this patch.</param>
internal sealed record DecideParams(string SessionId, string PatchId, IReadOnlyList<HunkDecision> Decisions, string? RunId = null);

internal sealed record SnapshotListParams(string SessionId, string? Cursor = null);

internal sealed record SnapshotListResult(IReadOnlyList<ListedSnapshot> Snapshots, string? NextCursor);

/// <param name="To">Another snapshot; null: the workspace as it is now.</param>
internal sealed record SnapshotDiffParams(string SessionId, string SnapshotId, string? To = null);

internal sealed record SnapshotDiffResult(IReadOnlyList<DiffedFile> Files);

/// <param name="Paths">Relative, with <c>/</c>: these, whatever is there now. Null: what the runs since the snapshot changed.</param>
/// <param name="DryRun">Only say what would happen.</param>
internal sealed record SnapshotRestoreParams(string SessionId, string SnapshotId, IReadOnlyList<string>? Paths = null, bool DryRun = false);

// buffers/read goes from the sidecar to the client, only to one that announced "buffers".

/// <param name="Paths">Absolute; only these are asked for.</param>
internal sealed record BuffersReadParams(string SessionId, IReadOnlyList<string> Paths);

internal sealed record BuffersReadResult(IReadOnlyList<UnsavedText> Unsaved);
