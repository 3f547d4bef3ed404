using System.Runtime.InteropServices;

namespace CodexSidecar.Engine.Workspace;

/// <summary>The parts of the kernel's <c>struct statx</c> that are used; it is the same on every processor.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct LinuxStat
{
    [FieldOffset(16)]
    public uint Links;

    [FieldOffset(20)]
    public uint User;

    [FieldOffset(24)]
    public uint Group;

    [FieldOffset(28)]
    public ushort Bits;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(40)]
    public long Size;

    [FieldOffset(48)]
    private readonly long blocks;

    [FieldOffset(96)]
    private readonly long touchedSeconds;

    [FieldOffset(104)]
    private readonly uint touchedNanoseconds;

    [FieldOffset(112)]
    private readonly long changedSeconds;

    [FieldOffset(120)]
    private readonly uint changedNanoseconds;

    [FieldOffset(128)]
    private readonly uint ownMajor;

    [FieldOffset(132)]
    private readonly uint ownMinor;

    [FieldOffset(136)]
    private readonly uint deviceMajor;

    [FieldOffset(140)]
    private readonly uint deviceMinor;

    public readonly EntryKind Kind =>
        (Bits & 0xf000) switch
        {
            0x8000 => EntryKind.File,
            0x4000 => EntryKind.Folder,
            0xa000 => EntryKind.Link,
            _ => EntryKind.Special,
        };

    public readonly UnixFileMode Mode => (UnixFileMode)(Bits & 0xfff);

    public readonly bool IsSame(in LinuxStat other) =>
        Inode == other.Inode && deviceMajor == other.deviceMajor && deviceMinor == other.deviceMinor;

    /// <summary>What the entry takes of the disk.</summary>
    public readonly long DiskBytes => blocks * 512;

    /// <summary>What stands in a layer of overlayfs for a name that is gone: the character device 0/0.
    /// https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories</summary>
    public readonly bool IsWhiteout => (Bits & 0xf000) == 0x2000 && ownMajor == 0 && ownMinor == 0;

    /// <summary>Kind, mode and, of a device, which one.</summary>
    public readonly bool IsLike(in LinuxStat other) => (Bits, ownMajor, ownMinor) == (other.Bits, other.ownMajor, other.ownMinor);

    /// <summary>The last write, as exact as the file system has it.</summary>
    public readonly (long Seconds, long Nanoseconds) LastWrite => (changedSeconds, changedNanoseconds);

    /// <summary>The time of change of the inode is in it: nobody can set that back, as <c>touch</c> can set back the time of the last
    /// write.</summary>
    public readonly FileFact ToFact(WorkspacePath path, string? link) =>
        new(
            path,
            Kind,
            Size,
            Mode,
            Time(changedSeconds, changedNanoseconds),
            $"{deviceMajor:x}.{deviceMinor:x}.{Inode:x}.{touchedSeconds:x}.{touchedNanoseconds:x}.{changedNanoseconds:x}",
            Time(touchedSeconds, touchedNanoseconds),
            link
        );

    private static DateTimeOffset Time(long seconds, uint nanoseconds) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, -62_135_596_800, 253_402_300_799)).AddTicks(nanoseconds / 100);
}
