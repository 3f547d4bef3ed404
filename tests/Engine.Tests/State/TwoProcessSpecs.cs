using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.State;

/// <summary>Two processes work on one state folder: nothing is lost, nothing is torn, and who only looks is in nobody's way.</summary>
public sealed class TwoProcessSpecs : IDisposable
{
    private const int Times = 150;

    private readonly TemporaryFolder state = new();

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    private SidecarHome Home => new(state.Path, state.Path, state.Path);

    public void Dispose() => state.Dispose();

    [Fact]
    public async Task Votes_that_are_added_at_the_same_time_are_all_kept()
    {
        await BothAsync(name => ["--learn", state.Path, name, $"{Times}"]);

        var lines = await File.ReadAllLinesAsync(state["consilium/track-record.jsonl"], Patience);
        Assert.Equal(2 * Times, lines.Length);
        Assert.Single(new TrackRecordFile(Home, TimeProvider.System).Read(out var problem).Standings);
        Assert.Null(problem);
    }

    [Fact]
    public async Task Actions_that_are_written_down_at_the_same_time_make_one_chain()
    {
        await BothAsync(name => ["--audit", state.Path, name, $"{Times}"]);

        var log = new AuditLog(state.Path, TimeProvider.System);
        Assert.Equal(new AuditCheck(2 * Times, null, null), log.Verify());
        Assert.Equal(2 * Times, log.Read("r").Select(entry => entry.Subject).Distinct().Count());
    }

    [Fact]
    public async Task A_killed_run_gets_one_end_however_many_find_it()
    {
        var runs = Enumerable.Range(0, 20).Select(number => new RunFolder(state[$"runs/20260101-000000-{number:x6}"])).ToList();
        foreach (var run in runs)
        {
            using var log = new EventLog(Made(run).Events, run.RunId, 0, TimeProvider.System);
            log.Append(new RunStarted("task", 1, "none"));
        }

        await BothAsync(_ => ["--close", state.Path, .. runs.Select(run => run.RunId)]);

        Assert.All(runs, run =>
            Assert.Equal([typeof(RunStarted), typeof(RunFinished)], EventLog.Read(run.Events).Select(happened => happened.Event.GetType()))
        );
        Assert.All(runs, run => Assert.Equal(StopReason.Interrupted, run.Read()!.Stop));
    }

    [Fact]
    public async Task A_look_keeps_nobody_from_a_lock()
    {
        var file = state["lock"];
        using var looking = await SecondProcess.StartAsync("--look", file);
        looking.Begin();
        Assert.Equal("looks", await looking.ReadAsync());
        for (var time = 0; time < 3_000; time++)
        {
            using var held = Disk.TryLock(file);
            Assert.NotNull(held);
        }
        await looking.EndAsync();
    }

    /// <summary>The other process lists all runs the whole time, and closes those it takes for dead.</summary>
    [Fact]
    public async Task Runs_that_are_looked_at_while_they_begin_and_end_are_never_taken_for_dead()
    {
        await using var bench = new RunBench();
        using var listing = await SecondProcess.StartAsync("--list", bench.Home.State);
        listing.Begin();
        for (var number = 0; number < 15; number++)
        {
            await using var session = Session.Open(bench.Home, bench.Workspace.Path, TimeProvider.System);
            var request = new RunRequest("test", bench.Settings with { TestCommand = "true", Workspace = bench.Workspace.Path })
            {
                TestsOnly = true,
            };
            var outcome = await session.RunAsync(request, Patience);
            Assert.Equal(StopReason.Done, outcome.Stop);
            Assert.Equal(StopReason.Done, Assert.Single(session.Events().Select(happened => happened.Event).OfType<RunFinished>()).Stop);
        }
        await listing.EndAsync();
        Assert.All(new RunStore(bench.Home, TimeProvider.System).List(), run => Assert.Equal(RunStatus.Finished, run.State));
    }

    private static async Task BothAsync(Func<string, IReadOnlyList<string>> job)
    {
        using var one = await SecondProcess.StartAsync(job("one"));
        using var two = await SecondProcess.StartAsync(job("two"));
        one.Begin();
        two.Begin();
        await one.EndAsync();
        await two.EndAsync();
    }

    private static RunFolder Made(RunFolder run)
    {
        run.Write(new RunRecord(run.RunId, "s", "task", "/nowhere", TimeProvider.System.GetUtcNow(), "", []));
        return run;
    }
}
