namespace CodexSidecar.Engine.Workspace;

/// <summary>One file of a batch that is written as a whole or not at all.</summary>
/// <param name="ExpectedSha256">Hex of the bytes there now; null: nothing may be there.</param>
/// <param name="Bytes">The new content; null: the file goes.</param>
/// <param name="Mode">Null: as it was, or the umask's for a new file.</param>
internal sealed record FileWrite(WorkspacePath Path, string? ExpectedSha256, byte[]? Bytes, UnixFileMode? Mode = null);
