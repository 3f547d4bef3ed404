using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Snapshots;

/// <summary>A path with other content than in the snapshot. Hashes are SHA-256 in hex of the content (of a link: of its target), null where the path did not or does not exist.</summary>
internal sealed record ChangedPath(string Path, string? Before, string? After);

/// <param name="Restored">Paths put back.</param>
/// <param name="Conflicts">Paths that are not what the run left there: somebody else changed them since. While there are any, nothing is restored.</param>
internal sealed record RestoreResult(IReadOnlyList<string> Restored, IReadOnlyList<string> Conflicts);

/// <summary>The workspace as it was at one moment: every file and link of the walk, plus what was kept one by one.</summary>
internal sealed class Snapshot
{
    public string Id => throw new NotImplementedException();

    /// <summary>How many files it holds.</summary>
    public int Files => throw new NotImplementedException();

    /// <summary>Adds the present state of paths the walk leaves out (ignored files) or that do not exist yet; on disk when it returns. Known paths are left alone.</summary>
    public void Keep(IEnumerable<WorkspacePath> paths) => throw new NotImplementedException();

    /// <summary>What differs from the snapshot now.</summary>
    public IReadOnlyList<ChangedPath> Compare(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Puts the given paths back to the snapshot's bytes, mode and link target, all or nothing; what did not exist is removed, with folders that become empty and did not exist. What is overwritten stays in the store.</summary>
    /// <param name="changes">From <see cref="Compare"/>, or the run's record; <c>After</c> is what must be there now.</param>
    public RestoreResult Restore(IReadOnlyList<ChangedPath> changes) => throw new NotImplementedException();
}
