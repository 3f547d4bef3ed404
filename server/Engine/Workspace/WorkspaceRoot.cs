namespace CodexSidecar.Engine.Workspace;

/// <summary>The jail: the one place where files of the workspace are listed, opened and written.</summary>
internal sealed class WorkspaceRoot : IDisposable
{
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static WorkspaceRoot Open(string folder) => throw new NotImplementedException(folder);

    /// <summary>Absolute, with links resolved.</summary>
    public string Folder => throw new NotImplementedException();

    /// <summary>Null: nothing is there.</summary>
    public FileFact? Look(WorkspacePath path) => throw new NotImplementedException();

    /// <summary>The whole file. A link is followed when it stays inside.</summary>
    /// <exception cref="WorkspaceException">missing, kind, size (larger than <paramref name="most"/> bytes), path (a link leads outside).</exception>
    public byte[] Read(WorkspacePath path, long most) => throw new NotImplementedException();

    /// <summary>For streaming large files (search, snapshots); the same refusals as <see cref="Read"/> without a size.</summary>
    public Stream OpenRead(WorkspacePath path) => throw new NotImplementedException();

    /// <summary>All files and links below a folder that the ignore rules leave, in ordinal order of their paths; never follows a link, never enters <c>.git</c>.</summary>
    public IEnumerable<FileFact> Walk(WorkspacePath folder, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The entries of one folder, ignored ones too, in ordinal order.</summary>
    public IReadOnlyList<FileFact> List(WorkspacePath folder) => throw new NotImplementedException();

    /// <summary>True for what .gitignore or .codexignore leave out (with nested files, as git reads them).</summary>
    public bool IsIgnored(WorkspacePath path) => throw new NotImplementedException();

    /// <summary>
    /// Writes all or nothing: checks every expected hash, stages every file beside its target and flushes it, then renames in ordinal order
    /// (creates, updates, deletes) and makes missing folders; a failure undoes what was renamed. Mode bits are kept, a link's target is written, a hard link is broken.
    /// </summary>
    /// <exception cref="WorkspaceException">conflict, path, kind or io; nothing is changed.</exception>
    public void Apply(IReadOnlyList<FileWrite> writes) => throw new NotImplementedException();

    /// <summary>Makes a link as it was; only a snapshot does that.</summary>
    public void RestoreLink(WorkspacePath path, string target) => throw new NotImplementedException();

    /// <summary>SHA-256, lower-case hex.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    public void Dispose()
    {
    }
}
