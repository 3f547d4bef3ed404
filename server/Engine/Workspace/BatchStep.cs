namespace CodexSidecar.Engine.Workspace;

/// <summary>One change of a batch. The path holds no link but perhaps the last part, which is never followed.</summary>
internal abstract record BatchStep(WorkspacePath Path)
{
    /// <summary>For the sentence when it fails, and for tests that let it fail.</summary>
    public string Verb => GetType().Name;
}

/// <param name="Old">What was checked to be there and gives way; null: nothing may be there.</param>
/// <param name="Mode">Null: as <paramref name="Old"/> has it, else what the umask leaves.</param>
internal sealed record PutFile(WorkspacePath Path, FileFact? Old, Func<Stream> Content, UnixFileMode? Mode) : BatchStep(Path);

internal sealed record PutLink(WorkspacePath Path, FileFact? Old, string Target) : BatchStep(Path);

internal sealed record RemoveFile(WorkspacePath Path, FileFact Old) : BatchStep(Path);

/// <param name="Mode">Null: what the umask leaves. A mode that forbids the owner to write has to be set when the folder is filled.</param>
internal sealed record MakeFolder(WorkspacePath Path, UnixFileMode? Mode = null) : BatchStep(Path);

/// <summary>Stays, without a complaint, when something is still in it.</summary>
internal sealed record RemoveFolder(WorkspacePath Path) : BatchStep(Path);

internal sealed record SetMode(WorkspacePath Path, UnixFileMode Mode) : BatchStep(Path);
