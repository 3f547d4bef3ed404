using LibGit2Sharp;

namespace CodexSidecar.Engine.Workspace;

/// <summary>
/// Finds the repository a folder is in, and refuses one that is only borrowed: a hostile workspace could bring a <c>.git</c> that points to
/// another repository of the user's, and its history would be read out under the name of this one.
/// </summary>
internal static class GitPlace
{
    /// <summary>Parts that would lead elsewhere if they were links.</summary>
    private static readonly string[] Parts = ["HEAD", "objects", "refs", "refs/heads", "packed-refs", "config"];

    static GitPlace()
    {
        // On Windows anybody may write there.
        GlobalSettings.SetConfigSearchPaths(ConfigurationLevel.ProgramData, "");
        // Git asks who owns a repository because its configuration can start programs. Here nothing is started, and a
        // container or a mounted folder is often owned by somebody else.
        GlobalSettings.SetOwnerValidation(false);
    }

    public static Repository? Open(string folder)
    {
        for (var place = folder; place is not null; place = Path.GetDirectoryName(place))
        {
            var entry = Path.Join(place, ".git");
            if (Path.Exists(entry) && Repository.IsValid(entry))
            {
                return Open(entry, place, folder);
            }
        }
        return null;
    }

    /// <summary>The configuration with the user's own; LibGit2Sharp looks for it in a worktree's folder, where it is not.</summary>
    public static Configuration Configuration(Repository repository) =>
        LibGit2Sharp.Configuration.BuildFrom(Path.Join(Named(repository.Info.Path, "commondir") ?? repository.Info.Path, "config"));

    private static Repository? Open(string entry, string place, string folder)
    {
        var repository = new Repository(entry);
        if (!repository.Info.IsBare && Contains(repository.Info.WorkingDirectory, folder) && BelongsTo(Clean(repository.Info.Path), place))
        {
            return repository;
        }
        repository.Dispose();
        return null;
    }

    /// <summary>Its own folder, a part of the repository around it (a submodule), or a worktree that names this very place.</summary>
    private static bool BelongsTo(string git, string place)
    {
        if (Parts.Select(part => Path.Join(git, part)).Any(part => new FileInfo(part).LinkTarget is not null))
        {
            return false;
        }
        var own = Path.Join(place, ".git");
        var real = new FileInfo(own).LinkTarget is null && git == own;
        var within = Ancestors(place)
            .Any(above => git.StartsWith(Path.Join(above, ".git") + Path.DirectorySeparatorChar, StringComparison.Ordinal));
        return (real || within || Named(git, "gitdir") == own) && (Named(git, "commondir") is not { } common || Contains(common, git));
    }

    private static IEnumerable<string> Ancestors(string place)
    {
        for (var above = place; above is not null; above = Path.GetDirectoryName(above))
        {
            yield return above;
        }
    }

    /// <summary>The path that a one-line file of the git folder names.</summary>
    private static string? Named(string git, string name)
    {
        var file = Path.Join(git, name);
        return File.Exists(file) ? Clean(Path.GetFullPath(File.ReadAllText(file).Trim(), git)) : null;
    }

    private static bool Contains(string folder, string path) =>
        $"{path}{Path.DirectorySeparatorChar}".StartsWith($"{Clean(folder)}{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        || Path.GetPathRoot(path) == folder;

    private static string Clean(string folder) => Path.TrimEndingDirectorySeparator(PathRules.Full(folder));
}
