using System.Runtime.InteropServices;
using CodexSidecar.Engine.Workspace;
using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Processes.Overlay;

/// <summary>What an overlay's folder of changes needs of the kernel, where .NET has no call.
/// https://docs.kernel.org/filesystems/overlayfs.html</summary>
internal static unsafe partial class OverlayCalls
{
    /// <summary>Marks a folder that replaces a removed one: what lies below it in the lower folder is not seen.</summary>
    private const string OpaqueMark = "user.overlay.opaque";
    private const int Device = 0x2000; // S_IFCHR
    private const int FileType = 0xf000;

    public static uint User => geteuid();

    public static uint Group => getegid();

    /// <returns>All groups this process is in.</returns>
    public static IReadOnlyList<uint> Groups()
    {
        var groups = new uint[65536];
        fixed (uint* first = groups)
        {
            return [Group, .. groups.Take(Math.Max(0, getgroups(groups.Length, first)))];
        }
    }

    /// <returns>Null: nothing is there, or nothing that can be looked at.</returns>
    public static LinuxStat? Look(string path)
    {
        using var none = new SafeFileHandle(-100, ownsHandle: false);
        try
        {
            return LinuxCalls.TryStat(none, path, out var facts) ? facts : null;
        }
        catch (CallFailed)
        {
            return null;
        }
    }

    /// <summary>A character device stands in the upper folder for a removed entry. Commands can make no other.</summary>
    public static bool IsRemoved(in LinuxStat facts) => (facts.Bits & FileType) == Device;

    public static bool IsOpaque(string folder)
    {
        byte value = 0;
        return lgetxattr(folder, OpaqueMark, &value, 1) == 1 && value == 'y';
    }

    /// <returns>Null when the mark was made, else why not.</returns>
    public static string? MakeRemoved(string path) => Fault(mknod(path, Device, 0));

    /// <returns>Null when the mark was made, else why not.</returns>
    public static string? MakeOpaque(string folder)
    {
        var yes = (byte)'y';
        return Fault(lsetxattr(folder, OpaqueMark, &yes, 1, 0));
    }

    private static string? Fault(int result) => result == 0 ? null : Marshal.GetLastPInvokeErrorMessage();

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static partial uint getegid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getgroups(int count, uint* groups);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mknod(string path, int mode, ulong device);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint lgetxattr(string path, string name, byte* value, nuint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lsetxattr(string path, string name, byte* value, nuint size, int flags);
}
