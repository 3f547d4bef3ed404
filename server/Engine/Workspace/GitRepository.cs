namespace CodexSidecar.Engine.Workspace;

/// <summary>The user's repository, through LibGit2Sharp only: no hooks, no filters, no external programs. Reads return text as git prints it.</summary>
internal sealed class GitRepository : IDisposable
{
    /// <summary>Null: the workspace is in no repository.</summary>
    public static GitRepository? Open(WorkspaceRoot root) => throw new NotImplementedException(root.Folder);

    /// <summary>Branch, and one line a changed file (<c> M src/a.cs</c>).</summary>
    public string Status() => throw new NotImplementedException();

    public string Diff(IReadOnlyList<WorkspacePath> paths, bool staged) => throw new NotImplementedException();

    public string Log(int most, WorkspacePath? path) => throw new NotImplementedException();

    public string Show(string revision) => throw new NotImplementedException();

    public string Blame(WorkspacePath path) => throw new NotImplementedException();

    public string Branches() => throw new NotImplementedException();

    /// <summary>Commits exactly these files as they are on disk, whatever else is staged or changed; author from the repository's configuration.</summary>
    /// <returns>The commit's full hash.</returns>
    /// <exception cref="WorkspaceException">io: no author configured, a merge in progress, detached in a rebase; the message says what to do.</exception>
    public string Commit(IReadOnlyList<WorkspacePath> paths, string message, DateTimeOffset at) => throw new NotImplementedException();

    public void Dispose()
    {
    }
}
