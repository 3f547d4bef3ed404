namespace CodexSidecar.Engine.Processes;

/// <summary>A repository's own folder (or the file that points to one) and the parts of it that decide what git runs.</summary>
internal sealed record GitFolder(string Path, IReadOnlyList<string> ReadOnly);

/// <summary>Finds the repositories in a workspace: its own and nested ones.</summary>
internal static class GitFolders
{
    private const int Depth = 4, MostFolders = 5_000;

    private static readonly string[] Deciding = ["hooks", "config", "config.worktree", "info", "modules", "worktrees", "commondir", "gitdir"];

    public static IReadOnlyList<GitFolder> Find(string workspace) =>
    [
        .. Folders(workspace).Select(folder => Path.Join(folder, ".git")).Where(Path.Exists).Select(git =>
            new GitFolder(git, Directory.Exists(git) ? [.. Deciding.Select(name => Path.Join(git, name)).Where(Path.Exists)] : [git])),
    ];

    private static IEnumerable<string> Folders(string workspace)
    {
        var level = new List<string> { workspace };
        var seen = 0;
        for (var depth = 0; depth <= Depth && level.Count > 0; depth++)
        {
            var next = new List<string>();
            foreach (var folder in level)
            {
                if (++seen > MostFolders)
                {
                    yield break;
                }
                yield return folder;
                next.AddRange(Below(folder));
            }
            level = next;
        }
    }

    private static IEnumerable<string> Below(string folder)
    {
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        return Directory.EnumerateDirectories(folder, "*", options).Where(path => Path.GetFileName(path) is not (".git" or "node_modules"));
    }
}
