using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Patching;

/// <summary>What the planner may know of the workspace.</summary>
/// <param name="Paths">All files, relative with <c>/</c>.</param>
/// <param name="Read">The bytes of one of them; null when there is no such file. May throw <see cref="Workspace.WorkspaceException"/>.</param>
internal sealed record PatchBase(IReadOnlyCollection<string> Paths, Func<string, byte[]?> Read);

/// <summary>One file's final state: bytes before and after.</summary>
/// <param name="From">The old path of a move.</param>
/// <param name="Before">Null: the file does not exist.</param>
/// <param name="After">Null: the file goes.</param>
internal sealed record PlannedFile(string Path, FileChange Change, byte[]? Before, byte[]? After, string? From = null);

/// <summary>Blocks laid over the workspace: final states in memory, nothing on disk. Immutable.</summary>
internal sealed class PatchPlan
{
    /// <summary>Nothing planned yet.</summary>
    public static PatchPlan Empty => throw new NotImplementedException();

    /// <summary>In ordinal order; only files that really change.</summary>
    public IReadOnlyList<PlannedFile> Files => throw new NotImplementedException();

    /// <summary>Of the last reply. While there are any, the plan is not to be applied.</summary>
    public IReadOnlyList<PatchRefusal> Refusals => throw new NotImplementedException();

    /// <summary>What the user should know, such as "a file was sent twice, the last one counts".</summary>
    public IReadOnlyList<string> Notes => throw new NotImplementedException();

    public bool IsEmpty => throw new NotImplementedException();

    /// <summary>Content hash of the final states: equal plans are equal.</summary>
    public string Fingerprint => throw new NotImplementedException();

    /// <summary>With hunks, for events and clients.</summary>
    public Patch ToPatch(string patchId) => throw new NotImplementedException(patchId);

    /// <summary>The whole texts, for clients that draw their own diff.</summary>
    public IReadOnlyList<PatchText> Texts() => throw new NotImplementedException();

    /// <summary>Only these hunks; none = nothing, all = the plan, any order and grouping the same result.</summary>
    public PatchPlan Select(IReadOnlySet<string> hunkIds) => throw new NotImplementedException();
}
