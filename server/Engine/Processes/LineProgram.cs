using System.ComponentModel;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;

namespace CodexSidecar.Engine.Processes;

/// <summary>
/// A program in the sandbox that is talked to by lines, over two streams. It runs until it is disposed of; then its whole tree is dead.
/// </summary>
internal sealed class LineProgram : IAsyncDisposable
{
    /// <summary>Bytes of one line; who writes more is killed, so that no reader of lines has to hold more.</summary>
    private const int MostLine = 4 << 20;

    private readonly WrappedCommand wrapped;
    private readonly Child child;
    private readonly ITimer watch;
    private readonly Task ended;
    private readonly SemaphoreSlim writing = new(1);
    private readonly CancellationTokenSource over = new();

    /// <summary>
    /// While nobody takes what is in it, nothing more is read of the program, and it waits. Who takes it lets the thread that reads the
    /// program go on at once (inline): that one waits for no thread of the pool.
    /// </summary>
    private readonly Pipe said = new(new(writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));

    private LineProgram(WrappedCommand wrapped, Child child, CommandSpec spec, TimeProvider time, ILogger log)
    {
        (this.wrapped, this.child) = (wrapped, child);
        var machine = new MachineWatch(spec.Folder, spec.Limits ?? MachineLimits.Usual);
        watch = time.CreateGuardedTimer(
            () => KillIf(machine.FindFault() is not null),
            _ => child.Kill(),
            MachineWatch.Interval,
            MachineWatch.Interval,
            log
        );
        Input = new ProgramInput(SendAsync);
        Output = said.Reader.AsStream();
        var dead = OnThread(child.WaitUntilAllDead);
        ended = Task.WhenAll(OnThread(() => ReadAll(dead)), dead);
    }

    /// <summary>What it reads, sent with each flush; an <see cref="IOException"/> then: it does not listen any more.</summary>
    public Stream Input { get; }

    /// <summary>What it says; ends when it says no more.</summary>
    public Stream Output { get; }

    /// <summary>False: the sandbox could not be set up, so the program has not run. Known when <see cref="Output"/> has ended without a
    /// byte.</summary>
    public bool DidStart => child.DidStart;

    /// <exception cref="Win32Exception">There is no such program.</exception>
    /// <exception cref="SandboxException">Over an overlay: it would keep every command waiting, for as long as it lives.</exception>
    public static async Task<LineProgram> StartAsync(Sandbox sandbox, CommandSpec spec, TimeProvider time)
    {
        if (sandbox.IsOver)
        {
            throw new SandboxException("A program that goes on running cannot run over an overlay.");
        }
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

    public async ValueTask DisposeAsync()
    {
        child.Kill();
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

    private async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await writing.WaitAsync(over.Token);
        }
        catch (OperationCanceledException)
        {
            throw new IOException("The program is being ended.");
        }
        var written = await OnThread(() =>
        {
            try
            {
                return child.Write(bytes.Span);
            }
            finally
            {
                writing.Release();
            }
        });
        if (!written)
        {
            throw new IOException("The program has ended.");
        }
    }

    private void KillIf(bool bad)
    {
        if (bad)
        {
            child.Kill();
        }
    }

    private int ReadAll(Task dead)
    {
        var buffer = new byte[16 << 10];
        var (length, hasSaid) = (0, false);
        try
        {
            for (int count; (count = child.Read(buffer)) > 0; )
            {
                var lineEnd = buffer.AsSpan(0, count).LastIndexOf((byte)'\n');
                length = lineEnd < 0 ? length + count : count - lineEnd - 1;
                KillIf(length > MostLine);
                hasSaid = true;
                Tell(buffer.AsMemory(0, count));
            }
        }
        finally
        {
            if (!hasSaid)
            {
                // Whether it ran at all is known when it is dead.
                Task.WaitAny(dead);
            }
            said.Writer.Complete();
        }
        return 0;
    }

    private void Tell(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (!over.IsCancellationRequested)
            {
                said.Writer.WriteAsync(bytes, over.Token).AsTask().GetAwaiter().GetResult();
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more; the program is being ended.
        }
    }

    /// <summary>These calls block for as long as the program runs; the pool's threads are not for that.</summary>
    private static Task<T> OnThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
