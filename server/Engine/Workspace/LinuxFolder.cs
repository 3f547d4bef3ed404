using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Workspace;

/// <param name="knowsFlags">False: as if the file system knew no flags of <c>renameat2</c> (9p, some of FUSE).</param>
internal sealed class LinuxFolder(SafeFileHandle folder, bool knowsFlags) : JailFolder
{
    public const ulong Exact = LinuxCalls.Beneath | LinuxCalls.NoLinks;

    /// <summary>For the calls of layers, which work below two folders at once.</summary>
    public SafeFileHandle Handle => folder;

    public override IReadOnlyList<FolderEntry> Names()
    {
        List<FolderEntry> names = [];
        ReadEntries(folder, (name, type) => names.Add(Entry(name, type)));
        return names;
    }

    /// <param name="name">As the disk has it, which need not be UTF-8.</param>
    /// <param name="type">As in <c>d_type</c> of readdir(3); 0: the file system does not say.</param>
    public delegate void EntryReader(ReadOnlySpan<byte> name, byte type);

    public static void ReadEntries(SafeFileHandle folder, EntryReader read)
    {
        var buffer = new byte[32 * 1024];
        for (int length; (length = LinuxCalls.ReadEntries(folder, buffer)) > 0; )
        {
            // struct linux_dirent64: inode 8, offset 8, length 2, type 1, name with a zero at its end.
            for (var rest = buffer.AsSpan(0, length); rest.Length > 0; rest = rest[BinaryPrimitives.ReadUInt16LittleEndian(rest[16..])..])
            {
                var name = rest[19..][..rest[19..].IndexOf((byte)0)];
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                {
                    read(name, rest[18]);
                }
            }
        }
    }

    public override FileFact? Look(string name, WorkspacePath path)
    {
        if (!LinuxCalls.TryStat(folder, name, out var facts))
        {
            return null;
        }
        // A target that is no UTF-8 cannot be made again, so the link is as good as a special file to us.
        var link = facts.Kind is EntryKind.Link ? LinuxCalls.ReadLink(folder, name) : null;
        var fact = facts.ToFact(path, link);
        return facts.Kind is EntryKind.Link && link is null ? fact with { Kind = EntryKind.Special } : fact;
    }

    public override SafeFileHandle OpenFile(string name) => LinuxJail.OpenFile(folder, name, LinuxCalls.NoLinks);

    public override SafeFileHandle Create(string name) =>
        LinuxCalls.Open(
            folder,
            name,
            LinuxCalls.WriteOnly | LinuxCalls.Create | LinuxCalls.Exclusive | LinuxCalls.NoFollow,
            Exact,
            0b110_110_110
        );

    public override void Adopt(SafeFileHandle file, string? likeName, UnixFileMode? mode)
    {
        if (likeName is not null && LinuxCalls.TryStat(folder, likeName, out var old) && LinuxCalls.TryStat(file, "", out var made))
        {
            if ((old.User, old.Group) != (made.User, made.Group))
            {
                LinuxCalls.TrySetOwner(file, old.User, old.Group);
            }
            mode ??= old.Mode;
        }
        if (mode is { } bits)
        {
            LinuxCalls.SetMode(file, bits); // after the owner: a change of owner takes bits away
        }
    }

    public override void Move(JailFolder from, string name, string newName)
    {
        var source = ((LinuxFolder)from).Handle;
        try
        {
            Rename(source, name, newName, LinuxCalls.NoReplace);
        }
        catch (CallFailed refused) when (refused.Error is LinuxCalls.Invalid)
        {
            // The best there is: look first, then rename.
            if (LinuxCalls.TryStat(folder, newName, out _))
            {
                throw new CallFailed(LinuxCalls.Exists, "renameat2");
            }
            LinuxCalls.Rename(source, name, folder, newName, 0);
        }
    }

    public override void Swap(JailFolder from, string staged, string name)
    {
        var source = ((LinuxFolder)from).Handle;
        try
        {
            // The file's own name first: then those who watch the folder hear that it went and came. The other way round they hear that it
            // came and went, and editors keep showing the old text.
            CheckFlags();
            LinuxCalls.Rename(folder, name, source, staged, LinuxCalls.Exchange);
        }
        catch (CallFailed refused) when (refused.Error is LinuxCalls.Invalid)
        {
            var copy = staged + StagedName.Ending;
            CopyTo(name, from, copy);
            LinuxCalls.Rename(source, staged, folder, name, 0);
            LinuxCalls.Rename(source, copy, source, staged, 0);
        }
    }

    public override bool MayWrite(string name) => LinuxCalls.MayWrite(folder, name);

    public override void MakeFolder(string name) => LinuxCalls.MakeFolder(folder, name);

    public override void MakeLink(string name, string target) => LinuxCalls.MakeLink(folder, name, target);

    public override void Remove(string name) => LinuxCalls.Remove(folder, name);

    public override void RemoveFolder(string name) => LinuxCalls.RemoveFolder(folder, name);

    public override void SetMode(string name, UnixFileMode mode)
    {
        using var file = LinuxCalls.Open(folder, name, LinuxCalls.PathOnly, Exact);
        LinuxCalls.SetModeOfPath(file, mode);
    }

    public override void Flush() => LinuxCalls.Flush(folder);

    public override void Dispose() => folder.Dispose();

    private void Rename(SafeFileHandle source, string name, string newName, uint flags)
    {
        CheckFlags();
        LinuxCalls.Rename(source, name, folder, newName, flags);
    }

    private void CheckFlags()
    {
        if (!knowsFlags)
        {
            throw new CallFailed(LinuxCalls.Invalid, "renameat2");
        }
    }

    public FolderEntry Entry(ReadOnlySpan<byte> name, byte type)
    {
        var isText = Utf8.IsValid(name);
        var text = Encoding.UTF8.GetString(name);
        return new(
            text,
            type switch
            {
                8 => EntryKind.File,
                4 => EntryKind.Folder,
                10 => EntryKind.Link,
                // Not every file system says it in the listing.
                0 when isText && LinuxCalls.TryStat(folder, text, out var facts) => facts.Kind,
                _ => EntryKind.Special,
            },
            isText
        );
    }

    /// <summary>With the time of the last write, by which the copy is known to be of what was there.</summary>
    public void CopyTo(string name, JailFolder to, string copy)
    {
        var fact = Look(name, WorkspacePath.Root) ?? throw new CallFailed(LinuxCalls.Missing, "statx");
        if (fact.LinkTarget is { } link)
        {
            to.MakeLink(copy, link);
            return;
        }
        using var source = new FileStream(OpenFile(name), FileAccess.Read);
        using var target = new FileStream(to.Create(copy), FileAccess.Write);
        source.CopyTo(target);
        target.Flush();
        Adopt(target.SafeFileHandle, name, null);
        File.SetLastWriteTimeUtc(target.SafeFileHandle, fact.Changed.UtcDateTime);
        target.Flush(flushToDisk: true);
    }
}
