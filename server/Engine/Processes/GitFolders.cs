namespace CodexSidecar.Engine.Processes;

/// <summary>A repository's own folder (or the file or link that points to one) and the parts of it that decide what git runs.</summary>
internal sealed record GitFolder(string Path, IReadOnlyList<string> ReadOnly);

/// <summary>Finds the repositories in a workspace: its own, nested ones, and git directories elsewhere in it that a .git file points
/// to.</summary>
internal static class GitFolders
{
    private const int Depth = 8,
        MostFolders = 5_000;

    /// <summary>What makes git run something or look elsewhere, relative to a git directory.</summary>
    public static readonly IReadOnlyList<string> Deciding =
    [
        "hooks",
        "config",
        "config.worktree",
        "info",
        "modules",
        "worktrees",
        "commondir",
        "gitdir",
    ];

    public static IReadOnlyList<GitFolder> Find(string workspace)
    {
        var marks = Folders(workspace).Select(folder => Path.Join(folder, ".git")).Where(IsThere).ToList();
        var directories = marks.Select(mark => Target(mark, workspace)).OfType<string>().Distinct().ToList();
        return
        [
            .. directories.Select(git => new GitFolder(git, [.. Deciding.Select(name => Path.Join(git, name)).Where(Path.Exists)])),
            .. marks.Where(IsPlainFile).Select(file => new GitFolder(file, [file])),
        ];
    }

    /// <summary>Also true for a link that leads nowhere.</summary>
    private static bool IsThere(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    private static bool IsPlainFile(string path) => File.Exists(path) && new FileInfo(path).LinkTarget is null;

    /// <returns>The git directory, if it lies in the workspace: outside nothing can be written anyway.</returns>
    private static string? Target(string mark, string workspace)
    {
        var real = Directory.Exists(mark) ? Real(mark) : PointedTo(mark);
        return real is not null && Directory.Exists(real) && (real + "/").StartsWith(workspace.TrimEnd('/') + "/", StringComparison.Ordinal)
            ? real
            : null;
    }

    private static string? PointedTo(string file)
    {
        const string start = "gitdir: ";
        return
            IsPlainFile(file)
            && new FileInfo(file).Length < 4096
            && File.ReadAllText(file) is var text
            && text.StartsWith(start, StringComparison.Ordinal)
            && text[start.Length..].Trim() is { Length: > 0 } place
            && !place.Contains('\0')
            ? Real(Path.GetFullPath(place, Path.GetDirectoryName(file)!))
            : null;
    }

    private static string? Real(string path) => HiddenPaths.Resolve(path);

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

    /// <returns>None for a folder that went away meanwhile.</returns>
    private static string[] Below(string folder)
    {
        try
        {
            var options = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
            return
            [
                .. Directory
                    .EnumerateDirectories(folder, "*", options)
                    .Where(path => Path.GetFileName(path) is not (".git" or "node_modules")),
            ];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
