using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Acp;

// Our own methods, below _codexSidecar/. All belong to one session.

internal sealed record ReplayParams(string SessionId, string? RunId = null, long? AfterSeq = null);
internal sealed record ReplayResult(long FromSeq, long ToSeq, int Count);

internal sealed record RunListParams(string SessionId, string? Cursor = null);
internal sealed record RunListResult(IReadOnlyList<ListedRun> Runs, string? NextCursor);

/// <param name="Cassette">Absolute path of the recorded model exchanges; null when none were recorded.</param>
internal sealed record ListedRun(
    string RunId, string Task, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, StopReason? Stop, Verdict? Verdict, IReadOnlyList<string> PatchIds, string? Cassette);

/// <summary>A decision about hunks of a patch that is applied already: <c>accept</c> false takes the hunk out of the file, true puts it back in.</summary>
/// <param name="RunId">Patch ids are unique within a run; null: the newest run with this patch.</param>
internal sealed record DecideParams(string SessionId, string PatchId, IReadOnlyList<HunkDecision> Decisions, string? RunId = null);

/// <param name="Applied">Hunks that are in the files now.</param>
/// <param name="Rejected">Hunks that are not in the files now.</param>
/// <param name="Conflicts">Hunks that stay as they are; the user's text around them was not touched.</param>
internal sealed record DecideResult(
    IReadOnlyList<string> Applied, IReadOnlyList<string> Rejected, IReadOnlyList<HunkConflict> Conflicts, IReadOnlyList<DecidedFile> Files);

/// <param name="Reason">One sentence for the user.</param>
internal sealed record HunkConflict(string HunkId, string Reason);

/// <param name="Path">Relative to the workspace, with <c>/</c>.</param>
/// <param name="Sha256">Lower-case hex of the bytes on disk now; null: the file is gone.</param>
internal sealed record DecidedFile(string Path, string? Sha256);

internal sealed record SnapshotListParams(string SessionId, string? Cursor = null);
internal sealed record SnapshotListResult(IReadOnlyList<ListedSnapshot> Snapshots, string? NextCursor);

/// <param name="Title">The task it was taken for, first line.</param>
/// <param name="Files">How many files it holds.</param>
internal sealed record ListedSnapshot(string SnapshotId, string RunId, DateTimeOffset At, string Title, int Files);

/// <param name="To">Another snapshot; null: the workspace as it is now.</param>
internal sealed record SnapshotDiffParams(string SessionId, string SnapshotId, string? To = null);
internal sealed record SnapshotDiffResult(IReadOnlyList<DiffedFile> Files);

/// <param name="Unified">Hunks without file headers; empty for what is no text.</param>
/// <param name="Truncated"><paramref name="Unified"/> was cut.</param>
internal sealed record DiffedFile(string Path, FileChange Change, string Unified, bool Truncated);

/// <param name="Paths">Relative, with <c>/</c>: these, whatever is there now. Null: what the runs since the snapshot changed.</param>
/// <param name="DryRun">Only say what would happen.</param>
internal sealed record SnapshotRestoreParams(string SessionId, string SnapshotId, IReadOnlyList<string>? Paths = null, bool DryRun = false);

/// <param name="Conflicts">Paths the user has changed since; while there are any, nothing is restored.</param>
/// <param name="UndoSnapshotId">The state before this restore; null when nothing was written.</param>
internal sealed record SnapshotRestoreResult(IReadOnlyList<string> Restored, IReadOnlyList<string> Conflicts, string? UndoSnapshotId);

// buffers/read and buffers/edit go from the sidecar to the client, only to one that announced "buffers".

/// <param name="Paths">Absolute; only these are asked for.</param>
internal sealed record BuffersReadParams(string SessionId, IReadOnlyList<string> Paths);
internal sealed record BuffersReadResult(IReadOnlyList<UnsavedText> Unsaved);

internal sealed record BuffersEditParams(string SessionId, IReadOnlyList<BufferEdit> Edits);

/// <param name="BeforeSha256">Of the buffer's text as UTF-8; when it is another now, the edit is a conflict.</param>
/// <param name="Text">The whole new text.</param>
internal sealed record BufferEdit(string Path, string BeforeSha256, string Text);
internal sealed record BuffersEditResult(IReadOnlyList<string> Applied, IReadOnlyList<string> Conflicts);
