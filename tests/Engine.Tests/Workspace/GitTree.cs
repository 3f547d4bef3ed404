using CodexSidecar.Engine.Workspace;
using LibGit2Sharp;

namespace CodexSidecar.Engine.Tests.Workspace;

/// <summary>A workspace in a real repository, made and judged by the git program. Nobody's own git configuration counts.</summary>
internal sealed class GitTree : IDisposable
{
    private readonly TreeFolder tree = new();

    static GitTree()
    {
        foreach (var level in new[] { ConfigurationLevel.System, ConfigurationLevel.Global, ConfigurationLevel.Xdg })
        {
            GlobalSettings.SetConfigSearchPaths(level, "/nowhere");
        }
    }

    public GitTree(bool withAuthor = true)
    {
        Git("init", "-q", "-b", "main");
        if (withAuthor)
        {
            Git("config", "user.name", "Ann Author");
            Git("config", "user.email", "ann@example.org");
        }
    }

    public TreeFolder Tree => tree;

    public string Git(params string[] arguments) => tree.Run("git", arguments);

    /// <summary>Everything there is, at a fixed time.</summary>
    public void CommitAll(string message)
    {
        Git("add", "-A");
        Git(
            "-c",
            "user.name=Ann Author",
            "-c",
            "user.email=ann@example.org",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            message,
            "--date",
            "2026-03-04T05:06:07+0200"
        );
    }

    public WorkspaceRoot Root(string below = "") => WorkspaceRoot.Open(tree.At(below));

    /// <summary>What <paramref name="work"/> makes of the repository as seen from a folder of it.</summary>
    public T With<T>(Func<GitRepository, T> work, string below = "", Func<string, bool>? hides = null)
    {
        using var root = Root(below);
        using var repository = GitRepository.Open(root, hides)!;
        return work(repository);
    }

    public string Commit(string message, params string[] paths) =>
        With(git =>
            git.Commit([.. paths.Select(WorkspacePath.Parse)], message, new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.FromHours(1)))
        );

    public void Dispose() => tree.Dispose();
}
