using System.Runtime.InteropServices;
using CodexSidecar.Engine.Processes;
using Xunit;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>Signals that come while a call of the kernel waits (here the one that tells of a new window size) end no wait.</summary>
public sealed class LibcSpecs
{
    private const long GetThread = 186,
        SignalThread = 234; // of x64
    private const int WindowChanged = 28;

    [Fact]
    public void A_signal_does_not_end_the_wait_for_a_process_or_a_pipe()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not Architecture.X64)
        {
            Assert.Skip("needs Linux on x64, whose call numbers these are");
        }
        using var handled = PosixSignalRegistration.Create((PosixSignal)WindowChanged, context => context.Cancel = true);
        var (readEnd, writeEnd) = Libc.Pipe();
        var (thread, isReadable) = (0L, false);
        var waiting = new Thread(() =>
        {
            Volatile.Write(ref thread, syscall(GetThread, 0, 0, 0));
            isReadable = Libc.WaitReadable(readEnd, -1);
        });
        waiting.Start();

        for (var times = 0; times < 20; times++)
        {
            SpinWait.SpinUntil(() => !waiting.IsAlive || Sleeps(Volatile.Read(ref thread)));
            Assert.True(waiting.IsAlive, $"the wait ended with signal {times}");
            Assert.Equal(0, syscall(SignalThread, Environment.ProcessId, thread, WindowChanged));
        }
        Libc.WriteAll(writeEnd, "x"u8);
        waiting.Join();

        Assert.True(isReadable);
        Libc.Close(readEnd);
        Libc.Close(writeEnd);
    }

    private static bool Sleeps(long thread) =>
        thread > 0 && File.ReadAllText($"/proc/self/task/{thread}/stat") is var stat && stat[(stat.LastIndexOf(')') + 2)..].StartsWith('S');

    [DllImport("libc", SetLastError = true)]
    private static extern long syscall(long number, long a, long b, long c);
}
