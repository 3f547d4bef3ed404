using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Workspace;

/// <summary>The calls that only layers need: the marks of overlayfs, exact times, and names that are no UTF-8.</summary>
internal static unsafe partial class LinuxCalls
{
    private const int NoAttribute = 61,
        NotSupported = 95,
        CharacterDevice = 0x2000;
    private const long KeepTime = 0x3ffffffe; // UTIME_OMIT

    private static long MakeNodeAt => IsX64 ? 259 : 33;

    [StructLayout(LayoutKind.Sequential)]
    private struct Moment
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>The device 0/0, which any user may make since Linux 5.8.</summary>
    public static void MakeWhiteout(SafeHandle folder, string name)
    {
        using var bytes = new Name(name);
        Check(syscall(MakeNodeAt, folder, (nint)bytes.Pointer, CharacterDevice, 0, 0), "mknodat");
    }

    /// <returns>The first byte; null: it has no such attribute, or an empty one.</returns>
    public static byte? Attribute(SafeHandle file, string name)
    {
        var value = stackalloc byte[256];
        var length = fgetxattr(file, name, value, 256);
        if (length >= 0)
        {
            return length == 0 ? null : *value;
        }
        return Marshal.GetLastPInvokeError() is NoAttribute or NotSupported ? null : throw Fault("fgetxattr");
    }

    public static bool HasAttribute(SafeHandle file, string name) => fgetxattr(file, name, null, 0) >= 0;

    public static void SetAttribute(SafeHandle file, string name, byte value) => Check(fsetxattr(file, name, &value, 1, 0), "fsetxattr");

    /// <summary>The time of the last write, as another entry has it.</summary>
    public static void SetLastWrite(SafeHandle file, in LinuxStat like)
    {
        var times = stackalloc Moment[2];
        times[0] = new() { Nanoseconds = KeepTime };
        times[1] = new() { Seconds = like.LastWrite.Seconds, Nanoseconds = like.LastWrite.Nanoseconds };
        Check(futimens(file, times), "futimens");
    }

    /// <param name="path">As the disk has it, with a zero at its end.</param>
    public static bool TryStat(SafeHandle folder, byte[] path, out LinuxStat facts)
    {
        fixed (byte* bytes = path)
        fixed (LinuxStat* result = &facts)
        {
            return syscall(StatX, folder, (nint)bytes, NoFollowAt | NoAutomount, BasicFacts, (nint)result) == 0;
        }
    }

    /// <param name="path">As the disk has it, with a zero at its end.</param>
    /// <returns>Null: it cannot be opened.</returns>
    public static SafeFileHandle? TryOpenFolder(SafeHandle folder, byte[] path)
    {
        var how = new OpenHow { Flags = (ulong)(uint)(Folder | CloseOnExec), Resolve = Beneath | NoLinks };
        fixed (byte* bytes = path)
        {
            var opened = syscall(OpenAt2, folder, (nint)bytes, (nint)(&how), sizeof(OpenHow), 0);
            return opened < 0 ? null : new((nint)opened, ownsHandle: true);
        }
    }

    /// <param name="name">As the disk has it, with a zero at its end.</param>
    public static void Remove(SafeHandle folder, byte[] name)
    {
        fixed (byte* bytes = name)
        {
            Check(unlinkat(folder, bytes, 0), "unlinkat");
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint fgetxattr(SafeHandle file, string name, byte* value, nuint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int fsetxattr(SafeHandle file, string name, byte* value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int futimens(SafeHandle file, Moment* times);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(SafeHandle folder, byte* name, int flags);
}
