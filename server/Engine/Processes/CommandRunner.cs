using System.ComponentModel;

namespace CodexSidecar.Engine.Processes;

/// <summary>
/// Runs commands: in the sandbox, without input, with a clean environment, a time limit and an output cap. Whatever way a run ends, the
/// whole tree is dead when the task completes.
/// </summary>
internal sealed class CommandRunner(Sandbox sandbox, TimeProvider time)
{
    /// <summary>To set the sandbox up.</summary>
    public const int Tries = 3;

    /// <param name="onOutput">Called from another thread with pieces of text as they arrive, up to the cap; must not throw.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the tree is dead.</exception>
    /// <exception cref="SandboxException">The sandbox itself did not start, or what git runs could not be put back after the
    /// command.</exception>
    public async Task<CommandResult> RunAsync(CommandSpec spec, Action<string>? onOutput, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var turn = await sandbox.TurnAsync(cancellationToken);
        var started = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RunOnceAsync(spec, onOutput, started, cancellationToken);
            }
            catch (SandboxException refused) when (!refused.HasRun && attempt < Tries && !cancellationToken.IsCancellationRequested)
            {
                // A socket or a folder that was to be covered went away in between; the command has not run, and the next look is a new
                // one.
            }
        }
    }

    private async Task<CommandResult> RunOnceAsync(
        CommandSpec spec,
        Action<string>? onOutput,
        long started,
        CancellationToken cancellationToken
    )
    {
        var live = onOutput is null ? null : new LiveOutput(onOutput);
        var output = new OutputText(spec.OutputCap, live is null ? null : live.Add);
        try
        {
            using var wrapped = sandbox.Wrap(spec);
            using var child = await Child.StartAsync(wrapped.Launch);
            var (exitCode, stopped, timedOut) = await WatchAsync(child, spec, output, cancellationToken);
            var undone = wrapped.Guard?.Restore() ?? [];
            cancellationToken.ThrowIfCancellationRequested();
            if (!child.DidStart)
            {
                throw new SandboxException(
                    $"The sandbox could not be set up, so the command was not run: {output.End().Trim().Split('\n', 2)[0]}"
                );
            }
            var text = output.End();
            live?.End();
            return new(
                exitCode,
                text + Remarks(stopped, undone),
                timedOut,
                output.IsTruncated,
                time.GetElapsedTime(started),
                sandbox.Kind,
                stopped
            );
        }
        catch (Win32Exception missing)
        {
            return new(127, missing.Message + "\n", false, false, time.GetElapsedTime(started), sandbox.Kind);
        }
    }

    private async Task<(int? ExitCode, string? Stopped, bool TimedOut)> WatchAsync(
        Child child,
        CommandSpec spec,
        OutputText output,
        CancellationToken cancellationToken
    )
    {
        var timedOut = false;
        string? stopped = null;
        var machine = new MachineWatch(sandbox.Disk ?? spec.Folder, spec.Limits ?? MachineLimits.Usual);
        await using var timer = time.CreateGuardedTimer(EndOfTime, Unwatched, spec.Timeout, Timeout.InfiniteTimeSpan, sandbox.Log);
        await using var watch = time.CreateGuardedTimer(Look, Unwatched, MachineWatch.Interval, MachineWatch.Interval, sandbox.Log);
        await using var registration = cancellationToken.UnsafeRegister(_ => child.Kill(), null);
        var reading = OnThread(() => ReadAll(child, output));
        var exitCode = await OnThread(child.WaitUntilAllDead);
        await reading;
        return (timedOut || stopped is not null ? null : exitCode, stopped, timedOut);

        void EndOfTime()
        {
            timedOut = true;
            child.Kill();
        }

        void Unwatched(Exception fault)
        {
            stopped ??= $"it could not be watched: {fault.Message}";
            child.Kill();
        }

        void Look()
        {
            if (stopped is null && machine.FindFault() is { } fault)
            {
                stopped = fault;
                child.Kill();
            }
        }
    }

    private static string Remarks(string? stopped, IReadOnlyList<string> undone) =>
        (stopped is null ? "" : $"\n[killed: {stopped}]\n")
        + (
            undone.Count == 0
                ? ""
                : $"\n[undone: commands may not change what git "
                    + $"runs: {string.Join(", ", undone.Take(5))}{(undone.Count > 5 ? ", ..." : "")}]\n"
        );

    private static int ReadAll(Child child, OutputText output)
    {
        Span<byte> buffer = stackalloc byte[16 << 10];
        for (int count; (count = child.Read(buffer)) > 0; )
        {
            output.Append(buffer[..count]);
        }
        return 0;
    }

    /// <summary>These calls block for as long as the command runs; the pool's threads are not for that.</summary>
    private static Task<T> OnThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
