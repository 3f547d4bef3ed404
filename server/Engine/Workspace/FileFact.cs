namespace CodexSidecar.Engine.Workspace;

internal enum EntryKind { File, Folder, Link, Special }

/// <summary>What the file system says of an entry, without opening it and without following a link at the end of the path.</summary>
/// <param name="Changed">Last write time, as precise as the file system has it.</param>
/// <param name="Identity">Changes when the entry is another file (device and inode); for telling "surely unchanged" from "look again".</param>
internal sealed record FileFact(WorkspacePath Path, EntryKind Kind, long Size, UnixFileMode Mode, DateTimeOffset Changed, string Identity, string? LinkTarget = null);
