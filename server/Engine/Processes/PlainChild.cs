using System.Threading.Channels;
using CliWrap;

namespace CodexSidecar.Engine.Processes;

/// <summary>
/// A child on systems other than Linux, run by CliWrap: two pipes, read as they deliver, and a tree killed by parentage. A process that
/// was left behind has no parent any more and is not found; but it never keeps the command waiting, whatever pipes it holds.
/// </summary>
internal sealed class PlainChild : Child
{
    private const int KilledExitCode = 128 + 9;

    /// <summary>
    /// What was written before the command ended is in its pipes already: nothing for so long, or so much more, is somebody else's.
    /// </summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);
    private const int LastBytesAfterTheEnd = 1 << 20;

    private readonly CancellationTokenSource kill = new();
    private readonly CancellationTokenSource exited = new();
    private readonly TaskCompletionSource<Stream?> input = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<byte[]> chunks = Channel.CreateBounded<byte[]>(16);
    private readonly CommandTask<CliWrap.CommandResult> running;
    private byte[] rest = [];

    private PlainChild(Launch launch)
    {
        var command = Cli.Wrap(launch.Program)
            .WithWorkingDirectory(launch.Folder)
            .WithStandardInputPipe(PipeSource.Create((stream, ended) => InputAsync(stream, launch.Talks, ended)))
            .WithStandardOutputPipe(PipeTarget.Create((stream, killed) => OutputAsync(stream, keep: true, killed)))
            .WithStandardErrorPipe(PipeTarget.Create((stream, killed) => OutputAsync(stream, keep: !launch.Talks, killed)))
            .WithValidation(CommandResultValidation.None);
        // The tree is killed at once, not asked first: asked, its root could end before its children, and then nobody would find them.
        running = command.ExecuteAsync(
            start =>
            {
                // Word for word, not as one text.
                start.Arguments = "";
                launch.Arguments.ToList().ForEach(start.ArgumentList.Add);
                start.Environment.Clear();
                foreach (var (name, value) in launch.Environment)
                {
                    start.Environment[name] = value;
                }
            },
            forcefulCancellationToken: kill.Token
        );
        _ = CompleteAsync();
    }

    public override int Id => running.ProcessId;

    public static PlainChild Start(Launch launch) => new(launch);

    public override int Read(Span<byte> buffer)
    {
        while (rest.Length == 0)
        {
            if (!chunks.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                return 0;
            }
            rest = chunks.Reader.TryRead(out var next) ? next : [];
        }
        var count = Math.Min(buffer.Length, rest.Length);
        rest.AsSpan(0, count).CopyTo(buffer);
        rest = rest[count..];
        return count;
    }

    public override bool Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (input.Task.GetAwaiter().GetResult() is not { } stream)
            {
                return false;
            }
            // Whoever was left behind may hold this pipe too, and not read it.
            stream.WriteAsync(bytes.ToArray(), exited.Token).AsTask().GetAwaiter().GetResult();
            stream.Flush();
            return true;
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
    }

    public override int WaitUntilAllDead()
    {
        try
        {
            return running.Task.GetAwaiter().GetResult().ExitCode;
        }
        catch (Exception killed) when (killed is OperationCanceledException or TimeoutException)
        {
            // CliWrap waits some seconds for a killed process, and then no longer.
            return KilledExitCode;
        }
    }

    public override void Kill() => kill.Cancel();

    /// <summary>CliWrap gives back what is the system's when the process ends.</summary>
    public override void Dispose() => Kill();

    private async Task CompleteAsync()
    {
        await ((Task)running.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        input.TrySetResult(null);
        chunks.Writer.TryComplete();
    }

    /// <param name="ended">The process is over: CliWrap says so here first.</param>
    private async Task InputAsync(Stream stream, bool talks, CancellationToken ended)
    {
        await using var registration = ended.UnsafeRegister(_ => exited.Cancel(), null);
        if (talks)
        {
            input.TrySetResult(stream);
        }
        else
        {
            await stream.DisposeAsync();
        }
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ended);
    }

    /// <summary>
    /// Ends with the pipe, or soon after the process: a process that was left behind may hold the pipe for ever, or fill it.
    /// </summary>
    private async Task OutputAsync(Stream stream, bool keep, CancellationToken killed)
    {
        var buffer = new byte[16 << 10];
        for (var afterTheEnd = 0; afterTheEnd < LastBytesAfterTheEnd && await ReadAsync(stream, buffer, killed) is var count and > 0; )
        {
            afterTheEnd += exited.IsCancellationRequested ? count : 0;
            if (keep)
            {
                await chunks.Writer.WriteAsync(buffer[..count], killed);
            }
        }
    }

    /// <returns>0: nothing more will come, or nothing came for too long after the process had ended.</returns>
    private async Task<int> ReadAsync(Stream stream, byte[] buffer, CancellationToken killed)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(killed);
        await using var registration = exited.Token.UnsafeRegister(_ => over.CancelAfter(Silence), null);
        try
        {
            return await stream.ReadAsync(buffer, over.Token);
        }
        catch (OperationCanceledException) when (!killed.IsCancellationRequested)
        {
            return 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
