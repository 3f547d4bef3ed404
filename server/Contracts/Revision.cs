namespace CodexSidecar.Contracts;

// What the user decides after a run, and what came of it.

/// <param name="Applied">Hunks that are in the files now.</param>
/// <param name="Rejected">Hunks that are not in the files now.</param>
/// <param name="Conflicts">Hunks that stay as they are; the user's text around them was not touched.</param>
public sealed record DecideResult(
    IReadOnlyList<string> Applied,
    IReadOnlyList<string> Rejected,
    IReadOnlyList<HunkConflict> Conflicts,
    IReadOnlyList<DecidedFile> Files
);

/// <param name="Reason">One sentence for the user.</param>
public sealed record HunkConflict(string HunkId, string Reason);

/// <param name="Path">Relative to the workspace, with <c>/</c>.</param>
/// <param name="Sha256">Lower-case hex of the bytes on disk now; null: the file is gone.</param>
public sealed record DecidedFile(string Path, string? Sha256);

/// <param name="Title">The first line of the task it was taken for.</param>
/// <param name="Files">How many files it holds.</param>
public sealed record ListedSnapshot(string SnapshotId, string RunId, DateTimeOffset At, string Title, int Files);

/// <param name="Unified">Hunks without file headers; empty for what is no text.</param>
/// <param name="Truncated"><paramref name="Unified"/> was cut.</param>
public sealed record DiffedFile(string Path, FileChange Change, string Unified, bool Truncated);

/// <param name="Conflicts">Paths where the user's later changes would be lost; while there are any, nothing is restored.</param>
/// <param name="UndoSnapshotId">The state before this restore; null when nothing was written.</param>
public sealed record SnapshotRestoreResult(IReadOnlyList<string> Restored, IReadOnlyList<string> Conflicts, string? UndoSnapshotId);
