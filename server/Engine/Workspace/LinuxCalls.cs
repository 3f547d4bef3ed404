using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Workspace;

/// <summary>A call of the kernel failed; the number tells the room why.</summary>
/// <param name="error">As Linux counts (<see cref="LinuxCalls"/>), whatever the system.</param>
/// <param name="words">What the system says of it; null: what is known of the number.</param>
internal sealed class CallFailed(int error, string call, string? words = null)
    : IOException($"{words ?? (OperatingSystem.IsLinux() ? Marshal.GetPInvokeErrorMessage(error) : $"error {error}")} ({call})", error)
{
    public int Error => HResult;

    /// <summary>Of the call that has just failed on this thread.</summary>
    public static CallFailed OfLast(string call)
    {
        var number = Marshal.GetLastPInvokeError();
        return new(OperatingSystem.IsLinux() ? number : LinuxCalls.NumberOf(number), call, Marshal.GetPInvokeErrorMessage(number));
    }
}

/// <summary>The calls that work below an open folder, which .NET does not have. Every one takes names as they are: nothing here looks at
/// the current directory.</summary>
internal static unsafe partial class LinuxCalls
{
    public const int NotPermitted = 1,
        Missing = 2,
        NoDevice = 6,
        Again = 11,
        Denied = 13,
        Exists = 17,
        OtherDevice = 18,
        NotFolder = 20,
        IsFolder = 21,
        Invalid = 22,
        NoCall = 38,
        NotEmpty = 39,
        Loop = 40;
    private const int LastCommon = 34,
        Other = 5;

    /// <summary>
    /// What Linux calls an error of macOS (and of the BSDs): up to 34 the numbers are the same but for one, above it they are others,
    /// and what we do not know there must not be taken for what Linux means by that number.
    /// https://github.com/apple-oss-distributions/xnu/blob/main/bsd/sys/errno.h
    /// </summary>
    public static int NumberOf(int macOs) =>
        macOs switch
        {
            11 => Other, // EDEADLK there, EAGAIN on Linux
            <= LastCommon => macOs,
            35 => Again,
            62 => Loop,
            66 => NotEmpty,
            78 => NoCall,
            _ => Other,
        };

    public const int WriteOnly = 1,
        Create = 0x40,
        Exclusive = 0x80,
        NoTerminal = 0x100,
        NonBlocking = 0x800,
        CloseOnExec = 0x80000,
        PathOnly = 0x200000;
    public const ulong NoMagicLinks = 2,
        NoLinks = 4,
        Beneath = 8;
    public const uint NoReplace = 1,
        Exchange = 2,
        LeaveWhiteout = 4;
    private const int EmptyPath = 0x1000,
        NoFollowAt = 0x100,
        NoAutomount = 0x800,
        RemoveFolderFlag = 0x200;
    private const int BasicFacts = 0x7ff;

    // The one flag pair, and the calls older than number 424, that differ between processors.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64,
        IsX64 = RuntimeInformation.ProcessArchitecture is Architecture.X64;
    public static readonly int Folder = IsArm ? 0x4000 : 0x10000,
        NoFollow = IsArm ? 0x8000 : 0x20000;
    private static readonly long RenameAt2 = IsX64 ? 316 : 276,
        GetEntries = IsX64 ? 217 : 61,
        StatX = IsX64 ? 332 : 291;
    private const long OpenAt2 = 437;

    public static bool KnowThisProcessor =>
        RuntimeInformation.ProcessArchitecture
            is Architecture.X64
                or Architecture.Arm64
                or Architecture.RiscV64
                or Architecture.LoongArch64;

    /// <summary>What <c>openat2</c> is asked for.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    public static SafeFileHandle Open(SafeHandle folder, string path, int flags, ulong resolve, int mode = 0)
    {
        var how = new OpenHow
        {
            Flags = (ulong)(uint)(flags | CloseOnExec),
            Mode = (ulong)mode,
            Resolve = resolve,
        };
        using var name = new Name(path);
        for (var attempt = 0; ; attempt++)
        {
            var opened = syscall(OpenAt2, folder, (nint)name.Pointer, (nint)(&how), sizeof(OpenHow), 0);
            if (opened >= 0)
            {
                return new((nint)opened, ownsHandle: true);
            }
            // The kernel gives up when something was renamed while it looked; that is no answer yet.
            if (Marshal.GetLastPInvokeError() != Again || attempt == 100)
            {
                throw Fault("openat2");
            }
        }
    }

    /// <summary>Of an absolute path, for the root itself.</summary>
    public static SafeFileHandle OpenRoot(string path)
    {
        using var none = new SafeFileHandle(-100, ownsHandle: false);
        return Open(none, path, Folder | CloseOnExec, NoMagicLinks);
    }

    /// <param name="name">Empty: the open file itself.</param>
    /// <returns>False: nothing is there.</returns>
    public static bool TryStat(SafeHandle folder, string name, out LinuxStat facts)
    {
        using var bytes = new Name(name);
        fixed (LinuxStat* result = &facts)
        {
            if (
                syscall(
                    StatX,
                    folder,
                    (nint)bytes.Pointer,
                    NoFollowAt | NoAutomount | (name.Length == 0 ? EmptyPath : 0),
                    BasicFacts,
                    (nint)result
                ) == 0
            )
            {
                return true;
            }
        }
        return Marshal.GetLastPInvokeError() is Missing or NotFolder ? false : throw Fault("statx");
    }

    /// <summary>The next entries in the kernel's own form; 0 at the end.</summary>
    public static int ReadEntries(SafeHandle folder, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            return (int)Check(syscall(GetEntries, folder, (nint)bytes, buffer.Length, 0, 0), "getdents64");
        }
    }

    /// <returns>Null: it is not valid UTF-8.</returns>
    public static string? ReadLink(SafeHandle folder, string name)
    {
        var buffer = stackalloc byte[4097];
        var length = (int)Check(readlinkat(folder, name, buffer, 4097), "readlinkat");
        var text = new ReadOnlySpan<byte>(buffer, length);
        return System.Text.Unicode.Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : null;
    }

    /// <summary>Where the kernel says the open file is now.</summary>
    public static string? PathOf(SafeHandle file)
    {
        using var none = new SafeFileHandle(-100, ownsHandle: false);
        using var open = new Referenced(file);
        return ReadLink(none, open.Path);
    }

    public static void Rename(SafeHandle from, string name, SafeHandle to, string newName, uint flags)
    {
        using var source = new Name(name);
        using var target = new Name(newName);
        Check(syscall(RenameAt2, from, (nint)source.Pointer, to, (nint)target.Pointer, (int)flags), "renameat2");
    }

    public static void Remove(SafeHandle folder, string name) => Check(unlinkat(folder, name, 0), "unlinkat");

    public static void RemoveFolder(SafeHandle folder, string name) => Check(unlinkat(folder, name, RemoveFolderFlag), "unlinkat");

    public static void MakeFolder(SafeHandle folder, string name) => Check(mkdirat(folder, name, 0x1ff), "mkdirat");

    public static void MakeLink(SafeHandle folder, string name, string target) => Check(symlinkat(target, folder, name), "symlinkat");

    public static void SetMode(SafeHandle file, UnixFileMode mode) => Check(fchmod(file, (int)mode), "fchmod");

    /// <summary>Of something opened with <see cref="PathOnly"/>, so that a file nobody may read can have its mode changed.</summary>
    public static void SetModeOfPath(SafeHandle file, UnixFileMode mode)
    {
        using var open = new Referenced(file);
        Check(fchmodat(-100, open.Path, (int)mode, 0), "fchmodat");
    }

    /// <summary>Only root can give a file away; for everybody else it stays theirs.</summary>
    public static void TrySetOwner(SafeHandle file, uint user, uint group) => _ = fchown(file, user, group);

    public static bool MayWrite(SafeHandle folder, string name) => faccessat(folder, name, 2, 0) == 0;

    public static void Flush(SafeHandle file) => Check(fsync(file), "fsync");

    /// <summary>Everything of the file system the file is on.</summary>
    public static void FlushFileSystem(SafeHandle file) => Check(syncfs(file), "syncfs");

    private static long Check(long result, string call) => result >= 0 ? result : throw Fault(call);

    private static CallFailed Fault(string call) => CallFailed.OfLast(call);

    /// <summary>A name as the kernel wants it.</summary>
    private readonly ref struct Name(string text)
    {
        public byte* Pointer { get; } = (byte*)Marshal.StringToCoTaskMemUTF8(text);

        public void Dispose() => Marshal.FreeCoTaskMem((nint)Pointer);
    }

    /// <summary>The number of an open file, which stays its own for so long: once closed, another file may have it.</summary>
    private readonly ref struct Referenced
    {
        private readonly SafeHandle handle;

        public Referenced(SafeHandle handle)
        {
            var isAdded = false;
            handle.DangerousAddRef(ref isAdded);
            this.handle = handle;
        }

        public string Path => $"/proc/self/fd/{handle.DangerousGetHandle()}";

        public void Dispose() => handle.DangerousRelease();
    }

    // A handle is passed as such, never as its number: so it cannot be closed, and its number not be given to another file, while a call is
    // under way.
    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, SafeHandle a, nint b, nint c, nint d, nint e);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, SafeHandle a, nint b, SafeHandle c, nint d, nint e);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint readlinkat(SafeHandle folder, string name, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlinkat(SafeHandle folder, string name, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdirat(SafeHandle folder, string name, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int symlinkat(string target, SafeHandle folder, string name);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int faccessat(SafeHandle folder, string name, int mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(SafeHandle file, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int fchmodat(int folder, string name, int mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(SafeHandle file, uint user, uint group);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(SafeHandle file);
}
