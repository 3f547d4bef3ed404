namespace CodexSidecar.Engine.Workspace;

internal enum EntryKind
{
    File,
    Folder,
    Link,
    Special,
}

/// <summary>What the file system says of an entry, without opening it and without following a link at the end of the path.</summary>
/// <param name="Changed">Last write time, as precise as the file system has it.</param>
/// <param name="Identity">Changes when the entry is another file, or this one was written or touched (device, inode, time of its last
/// change): "surely unchanged" or "look again".</param>
/// <param name="Touched">When content, mode or name changed last; the last write time where the system has nothing better.</param>
internal sealed record FileFact(
    WorkspacePath Path,
    EntryKind Kind,
    long Size,
    UnixFileMode Mode,
    DateTimeOffset Changed,
    string Identity,
    DateTimeOffset Touched,
    string? LinkTarget = null
);
