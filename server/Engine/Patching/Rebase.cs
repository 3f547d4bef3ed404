using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Patching;

/// <param name="Plan">On the files as they are now; with conflicts it is not to be applied.</param>
/// <param name="Merged">Paths where somebody else's change was kept beside the patch's.</param>
/// <param name="Conflicts">Paths where both changed the same lines, or one of them made or removed the file.</param>
internal sealed record RebasedPlan(PatchPlan Plan, IReadOnlyList<string> Merged, IReadOnlyList<string> Conflicts);

/// <summary>A patch planned on files that somebody changed meanwhile. Truth is the bytes, never the time stamp. Pure.</summary>
internal static class Rebase
{
    /// <param name="now">The workspace as it is now; what cannot be read is a conflict.</param>
    public static RebasedPlan Onto(PatchPlan plan, PatchBase now)
    {
        List<string> merged = [],
            conflicts = [];
        List<DiskChange> changes = [];
        foreach (var change in plan.Changes)
        {
            if (!TryRead(now, change.Path, out var bytes))
            {
                conflicts.Add(change.Path);
            }
            else if (Same(bytes, change.Before))
            {
                changes.Add(change);
            }
            else if (
                change is { Before: { } before, After: { } after }
                && bytes is not null
                && Merge(change.Path, before, after, bytes, now.Texts) is { } both
            )
            {
                changes.Add(both);
                merged.Add(change.Path);
            }
            else
            {
                conflicts.Add(change.Path);
            }
        }
        return new(new PatchPlan(changes, plan.Moves) { Notes = plan.Notes }, merged, conflicts);
    }

    private static bool TryRead(PatchBase now, string path, out byte[]? bytes)
    {
        bytes = null;
        try
        {
            bytes = now.Read(path);
            return true;
        }
        catch (WorkspaceException)
        {
            return false;
        }
    }

    private static bool Same(byte[]? bytes, FileVersion? version) =>
        bytes is null ? version is null : version is not null && bytes.AsSpan().SequenceEqual(version.Bytes);

    private static DiskChange? Merge(string path, FileVersion before, FileVersion after, byte[] now, TextFiles texts) =>
        ThreeWay.Merge(path, before.Bytes, after.Bytes, now, texts).Bytes is { } merged
            ? new(path, new(now, texts.Read(path, now)), new(merged, texts.Read(path, merged)))
            : null;
}
