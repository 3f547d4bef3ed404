using System.ComponentModel;

namespace CodexSidecar.Engine.Processes;

/// <summary>
/// Runs commands: in the sandbox, without input, with a clean environment, a time limit and an output cap. Whatever way a run ends, the
/// whole tree is dead when the task completes.
/// </summary>
internal sealed class CommandRunner(Sandbox sandbox, TimeProvider time)
{
    /// <param name="onOutput">Called from another thread with pieces of text as they arrive, up to the cap; must not throw.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the tree is dead.</exception>
    /// <exception cref="SandboxException">The sandbox itself did not start; the command has not run.</exception>
    public async Task<CommandResult> RunAsync(CommandSpec spec, Action<string>? onOutput, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var started = time.GetTimestamp();
        var output = new OutputText(spec.OutputCap, onOutput);
        Child child;
        try
        {
            child = await Child.StartAsync(sandbox.Wrap(spec.Argv, spec.Folder));
        }
        catch (Win32Exception missing)
        {
            return new(127, missing.Message + "\n", false, false, time.GetElapsedTime(started), sandbox.Kind);
        }
        using (child)
        {
            var timedOut = false;
            await using var timer = time.CreateTimer(_ => { timedOut = true; child.Kill(); }, null, spec.Timeout, Timeout.InfiniteTimeSpan);
            await using var registration = cancellationToken.UnsafeRegister(_ => child.Kill(), null);
            var reading = OnThread(() => ReadAll(child, output));
            var exitCode = await OnThread(child.WaitUntilAllDead);
            await reading;
            cancellationToken.ThrowIfCancellationRequested();
            return new(timedOut ? null : exitCode, output.End(), timedOut, output.IsTruncated, time.GetElapsedTime(started), sandbox.Kind);
        }
    }

    private static int ReadAll(Child child, OutputText output)
    {
        Span<byte> buffer = stackalloc byte[16 << 10];
        for (int count; (count = child.Read(buffer)) > 0;)
        {
            output.Append(buffer[..count]);
        }
        return 0;
    }

    /// <summary>These calls block for as long as the command runs; the pool's threads are not for that.</summary>
    private static Task<T> OnThread<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
