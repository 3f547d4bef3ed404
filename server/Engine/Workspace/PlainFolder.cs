using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Workspace;

internal sealed class PlainFolder(string folder) : JailFolder
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        MatchType = MatchType.Simple,
    };

    public override IReadOnlyList<FolderEntry> Names() =>
        [
            .. new DirectoryInfo(folder)
                .EnumerateFileSystemInfos("*", Everything)
                .Select(entry => new FolderEntry(entry.Name, KindOf(entry), !entry.Name.Contains('\uFFFD') || Path.Exists(entry.FullName))),
        ];

    public override FileFact? Look(string name, WorkspacePath path)
    {
        var entry = new FileInfo(At(name));
        if ((int)entry.Attributes == -1)
        {
            return null;
        }
        var changed = new DateTimeOffset(entry.LastWriteTimeUtc);
        var kind = KindOf(entry);
        return new(
            path,
            kind,
            kind is EntryKind.File ? entry.Length : 0,
            ModeOf(entry),
            changed,
            $"{entry.CreationTimeUtc.Ticks:x}.{entry.LastWriteTimeUtc.Ticks:x}",
            changed,
            entry.LinkTarget
        );
    }

    public override SafeFileHandle OpenFile(string name) => PlainJail.OpenFile(At(name));

    public override SafeFileHandle Create(string name) => File.OpenHandle(At(name), FileMode.CreateNew, FileAccess.Write);

    public override void Adopt(SafeFileHandle file, string? likeName, UnixFileMode? mode)
    {
        if (!OperatingSystem.IsWindows() && (mode ?? (likeName is null ? null : File.GetUnixFileMode(At(likeName)))) is { } bits)
        {
            File.SetUnixFileMode(file, bits);
        }
    }

    public override void Move(JailFolder from, string name, string newName)
    {
        if (Path.Exists(At(newName)) || new FileInfo(At(newName)).LinkTarget is not null)
        {
            throw new CallFailed(LinuxCalls.Exists, "rename");
        }
        var source = ((PlainFolder)from).At(name);
        if (new FileInfo(source).LinkTarget is { } target)
        {
            MakeLink(newName, target);
            from.Remove(name);
        }
        else
        {
            File.Move(source, At(newName));
        }
    }

    public override void Swap(JailFolder from, string staged, string name)
    {
        var source = (PlainFolder)from;
        var copy = staged + StagedName.Ending;
        if (new FileInfo(At(name)).LinkTarget is { } target)
        {
            source.MakeLink(copy, target);
        }
        else
        {
            File.Copy(At(name), source.At(copy));
        }
        if (new FileInfo(source.At(staged)).LinkTarget is not null)
        {
            Remove(name);
            Move(from, staged, name);
        }
        else
        {
            File.Move(source.At(staged), At(name), overwrite: true);
        }
        source.Move(source, copy, staged);
    }

    public override bool MayWrite(string name) => (new FileInfo(At(name)).Attributes & FileAttributes.ReadOnly) == 0;

    public override void MakeFolder(string name)
    {
        if (Path.Exists(At(name)))
        {
            throw new CallFailed(LinuxCalls.Exists, "mkdir");
        }
        Directory.CreateDirectory(At(name));
    }

    public override void MakeLink(string name, string target) => File.CreateSymbolicLink(At(name), target);

    public override void Remove(string name) => File.Delete(At(name));

    public override void RemoveFolder(string name) => Directory.Delete(At(name));

    public override void SetMode(string name, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(At(name), mode);
        }
    }

    public override void Flush() { }

    public override void Dispose() { }

    private string At(string name) => name == "." ? folder : Path.Join(folder, name);

    private static EntryKind KindOf(FileSystemInfo entry) =>
        entry.LinkTarget is not null ? EntryKind.Link
        : (entry.Attributes & FileAttributes.Directory) != 0 ? EntryKind.Folder
        : (entry.Attributes & (FileAttributes.Device | FileAttributes.ReparsePoint)) != 0 ? EntryKind.Special
        : EntryKind.File;

    private static UnixFileMode ModeOf(FileSystemInfo entry) =>
        OperatingSystem.IsWindows()
            ? UnixFileMode.UserRead | ((entry.Attributes & FileAttributes.ReadOnly) == 0 ? UnixFileMode.UserWrite : 0)
            : entry.UnixFileMode;
}
