using LibGit2Sharp;

namespace CodexSidecar.Engine.Workspace;

/// <summary>
/// The user's repository, through LibGit2Sharp only: no hooks, no filter drivers, no external programs, whatever its configuration says.
/// Reads
/// return text as git prints it, with paths relative to the workspace; when that is a folder of the repository, only the folder is shown.
/// </summary>
internal sealed class GitRepository : IDisposable
{
    private readonly WorkspaceRoot root;
    private readonly Repository repository;
    private readonly GitText text;
    private readonly string prefix;

    private GitRepository(WorkspaceRoot root, Repository repository, string prefix, Func<string, bool> hides, IGitTexts texts)
    {
        (this.root, this.repository, this.prefix) = (root, repository, prefix);
        text = new(repository, root, prefix, hides, texts);
    }

    /// <summary>Null: the workspace is in no repository, or in one that only claims to belong to it (<see cref="GitPlace"/>).</summary>
    /// <param name="hides">True for paths (as <see cref="WorkspacePath.Value"/>) whose content is never printed.</param>
    /// <param name="texts">How contents are text; null: they are UTF-8.</param>
    /// <exception cref="WorkspaceException">io: there is one, but it cannot be read.</exception>
    public static GitRepository? Open(WorkspaceRoot root, Func<string, bool>? hides = null, IGitTexts? texts = null) =>
        Guard(() =>
        {
            if (GitPlace.Open(root.Folder) is not { } repository)
            {
                return null;
            }
            var below = Path.GetRelativePath(repository.Info.WorkingDirectory, root.Folder).Replace(Path.DirectorySeparatorChar, '/');
            return new GitRepository(
                root,
                repository,
                below == "." ? "" : $"{below}/",
                hides ?? (_ => false),
                texts ?? new PlainGitTexts()
            );
        });

    /// <summary>Branch, and one line a changed file (<c> M src/a.cs</c>).</summary>
    public string Status(CancellationToken cancellationToken) => Guard(() => text.Status(cancellationToken));

    /// <param name="paths">Files or folders; none: everything.</param>
    /// <param name="staged">HEAD to index; else index to files.</param>
    public string Diff(IReadOnlyList<WorkspacePath> paths, bool staged, CancellationToken cancellationToken) =>
        Guard(() => text.Diff([.. paths.Select(InRepository)], staged, cancellationToken));

    /// <summary>
    /// Newest first: short hash, day, author, subject. Reads no more of the history than it shows, unless a path is named that changes
    /// seldom.
    /// </summary>
    public string Log(int most, WorkspacePath? path, CancellationToken cancellationToken) =>
        Guard(() => text.Log(most, path is null ? prefix.TrimEnd('/') : InRepository(path), cancellationToken));

    /// <param name="revision">A commit as git writes it (<c>HEAD~2</c>), or a file of one (<c>HEAD:src/a.cs</c>, relative to the
    /// workspace).</param>
    public string Show(string revision, CancellationToken cancellationToken) =>
        Guard(() =>
            revision.Split(':', 2) is [var commit, var path]
                ? text.ShowFile(commit, WorkspacePath.Parse(path))
                : text.ShowCommit(revision, cancellationToken)
        );

    /// <summary>The file as in HEAD; a line each: short hash, author, day, number, text.</summary>
    public string Blame(WorkspacePath path, CancellationToken cancellationToken) => Guard(() => text.Blame(path, cancellationToken));

    public string Branches() => Guard(text.Branches);

    /// <summary>
    /// Commits exactly these files as they are on disk, whatever else is staged or changed; author from the repository's or the user's
    /// configuration. Ignored files that git does not know stay out.
    /// </summary>
    /// <returns>The commit's full hash.</returns>
    /// <exception cref="WorkspaceException">io: no author configured, a merge or rebase in progress, nothing to commit; the message says
    /// what to do.</exception>
    /// <param name="coAuthor">The message ends with a line that names the agent.</param>
    public string Commit(IReadOnlyList<WorkspacePath> paths, string message, DateTimeOffset at, bool coAuthor = true) =>
        Guard(() =>
        {
            using var committing = new GitCommit(root, repository, InRepository);
            return committing.Commit(paths, coAuthor ? GitCommit.WithTrailer(message) : message, at);
        });

    /// <summary>Switches to a branch; refuses where anything uncommitted is at risk.</summary>
    public void Checkout(string branch) => Guard(() => Do(switching => switching.Checkout(branch)));

    public void CreateBranch(string name) => Guard(() => Do(switching => switching.Create(name)));

    /// <exception cref="WorkspaceException">io: nothing to stash, or no author is configured.</exception>
    public void Stash(string message, DateTimeOffset at) =>
        Guard(() =>
            Do(switching =>
            {
                using var configuration = GitPlace.Configuration(repository);
                switching.Stash(
                    message,
                    configuration.BuildSignature(at)
                        ?? throw new WorkspaceException(
                            "io",
                            "git does not know who the author is; set user.name and user.email with git config."
                        )
                );
            })
        );

    public void Unstash() => Guard(() => Do(switching => switching.Unstash()));

    public void Dispose() => repository.Dispose();

    private bool Do(Action<GitSwitch> work)
    {
        work(new(root, repository, prefix));
        return true;
    }

    private string InRepository(WorkspacePath path) => path.Value == "." ? prefix.TrimEnd('/') : prefix + path.Value;

    private static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (LockedFileException)
        {
            throw new WorkspaceException("io", "Another git process works in this repository; try again when it has ended.");
        }
        catch (LibGit2SharpException fault)
        {
            throw new WorkspaceException("io", $"git: {fault.Message.Trim()}");
        }
        catch (Exception fault) when (fault is TypeInitializationException or DllNotFoundException)
        {
            throw new WorkspaceException("io", "The git library does not load on this machine.");
        }
    }
}
