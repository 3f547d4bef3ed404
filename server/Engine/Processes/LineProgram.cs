using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace CodexSidecar.Engine.Processes;

/// <summary>A program in the sandbox that is talked to by lines. It runs until it is disposed of; then its whole tree is dead.</summary>
internal sealed class LineProgram : IAsyncDisposable
{
    /// <summary>Bytes of one line; who writes more is not listened to any longer.</summary>
    private const int MostLine = 4 << 20;

    /// <summary>Lines that wait to be taken.</summary>
    private const int MostWaiting = 64;

    private readonly WrappedCommand wrapped;
    private readonly Child child;
    private readonly ITimer watch;
    private readonly Task ended;
    private readonly SemaphoreSlim writing = new(1);
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private readonly SemaphoreSlim room = new(MostWaiting);
    private readonly CancellationTokenSource over = new();

    private LineProgram(WrappedCommand wrapped, Child child, CommandSpec spec, TimeProvider time, ILogger log)
    {
        (this.wrapped, this.child) = (wrapped, child);
        var machine = new MachineWatch(spec.Folder, spec.Limits ?? MachineLimits.Usual);
        watch = time.CreateGuardedTimer(
            () => KillIf(machine.FindFault() is not null), _ => child.Kill(), MachineWatch.Interval, MachineWatch.Interval, log);
        Lines = new Taken(lines.Reader, room);
        ended = Task.WhenAll(OnThread(ReadAll), OnThread(() => child.WaitUntilAllDead()));
    }

    /// <summary>What it says, without line ends; ends when it says no more.</summary>
    public ChannelReader<string> Lines { get; }

    /// <exception cref="Win32Exception">There is no such program.</exception>
    public static async Task<LineProgram> StartAsync(Sandbox sandbox, CommandSpec spec, TimeProvider time)
    {
        var wrapped = sandbox.Wrap(spec);
        try
        {
            return new(wrapped, await Child.StartAsync(wrapped.Launch with { Talks = true }), spec, time, sandbox.Log);
        }
        catch
        {
            wrapped.Dispose();
            throw;
        }
    }

    /// <exception cref="IOException">It does not listen any more.</exception>
    public async Task SendAsync(string line, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        var written = OnThread(() =>
        {
            try
            {
                return child.Write(Encoding.UTF8.GetBytes(line + "\n"));
            }
            finally
            {
                writing.Release();
            }
        });
        if (!await written.WaitAsync(cancellationToken))
        {
            throw new IOException("The program has ended.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        child.Kill();
        lines.Writer.TryComplete();
        await over.CancelAsync();
        try
        {
            await ended;
            // A write that waits for a reader ends with the program, and must not find its descriptor closed.
            await writing.WaitAsync();
            await watch.DisposeAsync();
            child.Dispose();
            wrapped.Guard?.Restore();
        }
        finally
        {
            wrapped.Dispose();
        }
    }

    private void KillIf(bool bad)
    {
        if (bad)
        {
            child.Kill();
        }
    }

    private int ReadAll()
    {
        var (buffer, line) = (new byte[16 << 10], new MemoryStream());
        for (int count; (count = child.Read(buffer)) > 0;)
        {
            foreach (var one in buffer.AsSpan(0, count))
            {
                if (one != (byte)'\n')
                {
                    line.WriteByte(one);
                    continue;
                }
                Tell(Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length).TrimEnd('\r'));
                line.SetLength(0);
            }
            KillIf(line.Length > MostLine);
        }
        lines.Writer.TryComplete();
        return 0;
    }

    /// <summary>Waits while nobody takes the lines: so does the program then.</summary>
    private void Tell(string line)
    {
        try
        {
            room.Wait(over.Token);
            lines.Writer.TryWrite(line);
        }
        catch (OperationCanceledException)
        {
            // Nobody takes lines any more; the program is being ended.
        }
    }

    /// <summary>These calls block for as long as the program runs; the pool's threads are not for that.</summary>
    private static Task<T> OnThread<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>
    /// Makes room for a line with each one that is taken: the thread that reads the program waits for that, and for no other thread.
    /// </summary>
    private sealed class Taken(ChannelReader<string> lines, SemaphoreSlim room) : ChannelReader<string>
    {
        public override bool TryRead([MaybeNullWhen(false)] out string item)
        {
            var isTaken = lines.TryRead(out item);
            if (isTaken)
            {
                room.Release();
            }
            return isTaken;
        }

        public override Task Completion => lines.Completion;

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
            lines.WaitToReadAsync(cancellationToken);
    }
}
