using System.Globalization;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Victim;

/// <summary>What a second process does beside a test, on the same state folder. Each says "ready" and begins when a line comes.</summary>
internal static class Jobs
{
    public static async Task<int> RunAsync(string[] args)
    {
        Console.WriteLine("ready");
        Console.ReadLine();
        switch (args)
        {
            case ["--look", var file]:
                Disk.IsLocked(file);
                Console.WriteLine("looks");
                Until(() => Disk.IsLocked(file));
                break;
            case ["--list", var state]:
                var seen = new RunStore(Home(state), TimeProvider.System);
                Until(() => seen.CloseInterrupted(seen.List().Select(run => run.RunId)));
                break;
            case ["--learn", var state, var name, var times]:
                Repeat(times, n => new TrackRecordFile(Home(state), TimeProvider.System).Append([Vote($"{name}-{n}")]));
                break;
            case ["--audit", var state, var name, var times]:
                Repeat(times, n => new AuditLog(state, TimeProvider.System).Append(Line($"{name}-{n}")));
                break;
            case ["--close", var state, .. var runs]:
                new RunStore(Home(state), TimeProvider.System).CloseInterrupted(runs);
                break;
            case ["--no-files", var folder]:
                Console.WriteLine(await WatchWithoutFilesAsync(folder));
                break;
            default:
                return 2;
        }
        return 0;
    }

    private static SidecarHome Home(string state) => new(state, state, state);

    /// <summary>Until standard input ends.</summary>
    private static void Until(Action step)
    {
        var over = Task.Run(Console.In.ReadToEnd);
        while (!over.IsCompleted)
        {
            step();
        }
    }

    private static void Repeat(string times, Action<int> step)
    {
        for (var n = 0; n < int.Parse(times, CultureInfo.InvariantCulture); n++)
        {
            step(n);
        }
    }

    private static JudgedVote Vote(string run) =>
        new(
            TimeProvider.System.GetUtcNow(),
            run,
            Role.Qa,
            new string('m', 300),
            RoleText.Version(Role.Qa),
            Verdict.Approve,
            VoteState.Valid,
            1,
            5
        );

    private static AuditEntry Line(string subject) =>
        new(0, default, "r", "test", "cli", "decided", "shell", subject, "allow", "rule", "reason", null, null, null, null, "");

    /// <summary>A command is watched while this process can open no file any more.</summary>
    private static async Task<string> WatchWithoutFilesAsync(string folder)
    {
        var time = new HandClock();
        using var over = new CancellationTokenSource();
        var speaks = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = new CommandRunner(Sandbox.WithoutAny(folder, "for the test"), time).RunAsync(
            new(["/bin/sh", "-c", "echo on; exec sleep 1000"], folder, TimeSpan.FromHours(1)),
            _ => speaks.TrySetResult(),
            over.Token
        );
        await time.Watching;
        await speaks.Task;
        // Once with files: what the runtime loads for it is loaded then.
        time.Fire();
        var open = new List<FileStream>();
        string said;
        try
        {
            while (true)
            {
                open.Add(new FileStream("/dev/null", FileMode.Open, FileAccess.Read));
            }
        }
        catch (IOException)
        {
            said = time.Fire();
        }
        open.ForEach(file => file.Dispose());
        await over.CancelAsync();
        await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return said;
    }

    /// <summary>Timers that repeat are fired by hand, on the caller's thread.</summary>
    private sealed class HandClock : TimeProvider
    {
        private readonly TaskCompletionSource watching = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Action? fire;

        public Task Watching => watching.Task;

        public string Fire()
        {
            try
            {
                fire!();
                return "watched";
            }
            catch (IOException fault)
            {
                return $"thrown: {fault.Message}";
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (period > TimeSpan.Zero)
            {
                fire = () => callback(state);
                watching.TrySetResult();
            }
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
