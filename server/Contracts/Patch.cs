using System.Text.Json.Serialization;

namespace CodexSidecar.Contracts;

[JsonConverter(typeof(SnakeCaseEnum<FileChange>))]
public enum FileChange
{
    Added,
    Modified,
    Deleted,
    Moved,
}

/// <summary>A proposed change to files; nothing is on disk yet.</summary>
public sealed record Patch(string PatchId, IReadOnlyList<PatchFile> Files);

/// <param name="Path">Relative to the workspace, with <c>/</c>.</param>
/// <param name="Unified">The hunks as a unified diff without file headers; 3 lines of context.</param>
/// <param name="From">The old path of a move.</param>
public sealed record PatchFile(
    string Path,
    FileChange Change,
    string Unified,
    IReadOnlyList<Hunk> Hunks,
    int Added,
    int Removed,
    string? From = null
);

/// <summary>One maximal run of changed lines that can be accepted or rejected alone.</summary>
/// <param name="HunkId">Opaque content hash, stable across restarts and replay.</param>
/// <param name="OldStart">1-based first old line (the line before an insertion), as in a unified diff.</param>
public sealed record Hunk(string HunkId, int OldStart, int OldLines, int NewStart, int NewLines, string Header = "");

public sealed record HunkDecision(string HunkId, bool Accept, string? Reason = null);

/// <param name="Sha256">Lower-case hex of the bytes on disk afterwards; null for a deleted file.</param>
public sealed record AppliedFile(string Path, FileChange Change, int Added, int Removed, string? Sha256);

/// <param name="Code">One of the refusal codes of docs/architecture.md ("Patching"), such as <c>not_found</c>.</param>
public sealed record RefusedFile(string Path, string Code, string Message);
