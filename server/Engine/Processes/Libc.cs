using System.ComponentModel;
using System.Runtime.InteropServices;

namespace CodexSidecar.Engine.Processes;

/// <summary>The calls of the C library that starting, watching and killing processes needs, where .NET has none.</summary>
internal static unsafe partial class Libc
{
    public const int CloseOnExec = 0x80000; // O_CLOEXEC of pipe2
    public const int ReadWrite = 2;
    public const int Kill = 9;
    private const int Exited = 4,
        NoReap = 0x01000000,
        ByPid = 1;
    private const int CloseRangeCloseOnExec = 4;
    private const short Readable = 1;
    private const int Interrupted = 4; // EINTR

    // Above 424 the numbers are the same on every architecture.
    private const long PidfdSendSignal = 424,
        PidfdOpen = 434,
        CloseRange = 436;

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary>A pipe whose both ends stay out of other children.</summary>
    public static (int Read, int Write) Pipe()
    {
        var ends = stackalloc int[2];
        return pipe2(ends, CloseOnExec) == 0 ? (ends[0], ends[1]) : throw Fault("pipe2");
    }

    /// <returns>The end to read these bytes from, and then the end of the file. At most 64 KiB.</returns>
    public static int PipeWith(ReadOnlySpan<byte> content)
    {
        var (readEnd, writeEnd) = Pipe();
        fixed (byte* bytes = content)
        {
            write(writeEnd, bytes, (nuint)content.Length);
        }
        close(writeEnd);
        return readEnd;
    }

    public static void Close(int descriptor) => close(descriptor);

    public static int Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            nint count;
            while ((count = read(descriptor, bytes, (nuint)buffer.Length)) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
            {
                // Nothing has been read yet.
            }
            return (int)count;
        }
    }

    /// <returns>False: nobody reads the other end any more.</returns>
    public static bool WriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            fixed (byte* start = bytes)
            {
                var count = (int)write(descriptor, start, (nuint)bytes.Length);
                if (count < 0 && Marshal.GetLastPInvokeError() != Interrupted)
                {
                    return false;
                }
                count = Math.Max(0, count);
                bytes = bytes[count..];
            }
        }
        return true;
    }

    /// <summary>
    /// A signal that comes meanwhile ends nothing: the kernel goes on with other calls by itself, but never with this one (signal(7)).
    /// </summary>
    /// <param name="milliseconds">-1: as long as it takes.</param>
    public static bool WaitReadable(int descriptor, int milliseconds)
    {
        var entry = new PollEntry { Descriptor = descriptor, Events = Readable };
        var started = Environment.TickCount64;
        for (var left = milliseconds; ; left = milliseconds < 0 ? -1 : (int)Math.Max(0, milliseconds - (Environment.TickCount64 - started)))
        {
            var ready = poll(&entry, 1, left);
            if (ready >= 0 || Marshal.GetLastPInvokeError() != Interrupted)
            {
                return ready > 0;
            }
        }
    }

    /// <summary>Keeps every descriptor of this process, also those an editor leaked into it, out of the children.</summary>
    public static void CloseAllOnExec() => syscall(CloseRange, 3, uint.MaxValue, CloseRangeCloseOnExec, 0);

    public static void Signal(int pid, int signal) => kill(pid, signal);

    /// <returns>A descriptor that becomes readable when the process is dead, and names it even after its number was used again; -1 when it
    /// is gone.</returns>
    public static int OpenProcess(int pid) => (int)syscall(PidfdOpen, pid, 0, 0, 0);

    public static void SignalProcess(int descriptor, int signal) => syscall(PidfdSendSignal, descriptor, signal, 0, 0);

    /// <summary>Waits for the end of a child and leaves it as a zombie, so that its number cannot be used again yet.</summary>
    /// <returns>The exit code as a shell counts.</returns>
    public static int WaitForExit(int pid)
    {
        var result = stackalloc int[32]; // siginfo_t, 128 bytes: [2] code, [6] status
        while (waitid(ByPid, pid, result, Exited | NoReap) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw Fault("waitid");
            }
        }
        return result[2] == 1 ? result[6] : 128 + result[6];
    }

    public static void Reap(int pid)
    {
        var result = stackalloc int[32];
        while (waitid(ByPid, pid, result, Exited) != 0 && Marshal.GetLastPInvokeError() == Interrupted) { }
    }

    public static Win32Exception Fault(string call) =>
        new(Marshal.GetLastPInvokeError(), $"{call}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int idType, int id, int* result, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long a, long b, long c, long d);
}
