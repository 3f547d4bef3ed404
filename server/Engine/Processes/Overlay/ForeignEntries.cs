using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Processes.Overlay;

/// <summary>
/// Files of another group or owner that the user may change. A user namespace knows only his own number and group, and an overlay
/// mounted in one copies no other's file (EOVERFLOW, since kernel 6.2): there a shared project needs another way than an overlay.
/// </summary>
internal static class ForeignEntries
{
    private const int MostEntries = 2_000;
    private const int GroupWrites = 0x10,
        OthersWrite = 2;

    /// <summary>Looks at the first entries from the top down; a foreign one first.</summary>
    /// <returns>A file and a folder to try a change on; null where there is none.</returns>
    public static (string? File, string? Folder) FindToChange(string workspace)
    {
        var groups = OverlayCalls.Groups();
        string? ownFile = null;
        foreach (var (path, facts) in Entries(workspace).Take(MostEntries))
        {
            var isFile = facts.Kind is EntryKind.File;
            if (IsForeign(facts, groups))
            {
                return isFile ? (path, null) : (ownFile, path);
            }
            ownFile ??= isFile && facts.User == OverlayCalls.User && facts.Mode.HasFlag(UnixFileMode.UserWrite) ? path : null;
        }
        return (ownFile, null);
    }

    private static bool IsForeign(in LinuxStat facts, IReadOnlyList<uint> groups) =>
        facts.User == OverlayCalls.User
            ? facts.Group != OverlayCalls.Group && facts.Mode.HasFlag(UnixFileMode.UserWrite)
            : (facts.Bits & OthersWrite) != 0 || ((facts.Bits & GroupWrites) != 0 && groups.Contains(facts.Group));

    /// <summary>Files and folders, level by level.</summary>
    private static IEnumerable<(string Path, LinuxStat Facts)> Entries(string workspace)
    {
        var level = new Queue<string>([workspace]);
        while (level.TryDequeue(out var folder))
        {
            foreach (var path in Names(folder))
            {
                if (OverlayCalls.Look(path) is { Kind: EntryKind.File or EntryKind.Folder } facts)
                {
                    if (facts.Kind is EntryKind.Folder)
                    {
                        level.Enqueue(path);
                    }
                    yield return (path, facts);
                }
            }
        }
    }

    private static IReadOnlyList<string> Names(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Take(MostEntries)];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
