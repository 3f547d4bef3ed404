using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Runs;

/// <summary>
/// The promise that a run ends with exactly one last event, against a disk that fails at every single step: who waits is told, the locks
/// are free, and the files are as the last event says.
/// </summary>
public sealed class EndOfRunSpecs
{
    private const int MostSteps = 100;

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    /// <summary>Every step is a whole run, so npm test takes two of the four combinations.</summary>
    public static TheoryData<bool, bool> Ends =>
        Property.IsLong
            ? new()
            {
                { true, false },
                { true, true },
                { false, false },
                { false, true },
            }
            : new() { { true, true }, { false, false } };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Whatever_step_of_the_end_fails_the_last_event_comes(bool isSolved, bool isFullFromThen)
    {
        var step = 1;
        while (await FailsAtAsync(step, isSolved, isFullFromThen))
        {
            step++;
            Assert.InRange(step, 1, MostSteps);
        }
        // Put back (without a shadow) or kept, closed, report, track record, told, record, last event, cleaned up: less would mean that
        // steps are missing.
        Assert.InRange(step, isSolved ? 12 : 11, MostSteps);
    }

    /// <summary>Also the steps before: a run either does not begin, and says so, or it ends.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_step_of_a_whole_run_fails_it_was_not_started_or_it_ends(bool isFullFromThen)
    {
        await using var bench = Bench(isSolved: true);
        var hits = 0;
        for (var (step, isHit) = (1, true); isHit; step++)
        {
            Assert.InRange(step, 1, MostSteps);
            await using var session = Session.Open(bench.Home, bench.Workspace.Path, TimeProvider.System);
            bench.Disk.FailAt(step, isFullFromThen);
            var known = bench.Disk.Refused.Count;
            var told = CollectAsync(session);
            try
            {
                var request = new RunRequest("test", bench.Settings) { TestsOnly = true };
                var outcome = await session.RunAsync(request, Patience);
                await CheckAsync(bench, outcome, await told);
            }
            catch (UsageException refused)
            {
                Assert.Contains("The run was not started. The disk is full", refused.Message, StringComparison.Ordinal);
                Assert.Empty(await told);
            }
            isHit = bench.Disk.Refused.Count > known;
            hits += isHit ? 1 : 0;
            AssertUnlocked(bench);
            bench.Disk.Heal();
        }
        Assert.InRange(hits, 12, MostSteps);
        Assert.DoesNotContain(new RunStore(bench.Home, TimeProvider.System).List(), run => run.State is RunStatus.Running);
    }

    [Fact]
    public async Task A_run_whose_end_could_not_be_written_down_gets_it_at_the_next_start()
    {
        await using var bench = Bench(isSolved: false);
        bench.Disk.FailAt(1, isFullFromThen: true, step => step == "record");
        var outcome = await bench.RunAsync(Patience);
        Assert.Equal(StopReason.MalformedReplies, outcome.Stop);
        Assert.Contains("could not be written down", bench.Single<RunFinished>().Message, StringComparison.Ordinal);

        bench.Disk.Heal();
        var runs = new RunStore(bench.Home, TimeProvider.System);
        runs.CloseInterrupted(bench.Workspace.Path);
        runs.CloseInterrupted(bench.Workspace.Path);

        var run = Assert.Single(runs.List());
        Assert.Equal(StopReason.Interrupted, Assert.Single(runs.Events(run).Select(happened => happened.Event).OfType<RunFinished>()).Stop);
    }

    [Fact]
    public async Task A_run_that_ended_but_for_its_record_is_not_called_interrupted()
    {
        await using var bench = Bench(isSolved: true);
        bench.Disk.FailAt(1, isFullFromThen: false, step => step == "record");
        await bench.RunAsync(Patience);
        Assert.Equal("How the run ended could not be noted", bench.Events.OfType<NoticeRaised>().Last().Title);

        var runs = new RunStore(bench.Home, TimeProvider.System);
        runs.CloseInterrupted(bench.Workspace.Path);

        Assert.Equal((StopReason.Done, RunStatus.Finished), (runs.List()[0].Stop, runs.List()[0].State));
        Assert.Single(runs.Events(runs.List()[0]), happened => happened.Event is RunFinished);
    }

    [Fact]
    public async Task A_fault_of_our_own_at_the_end_has_one_id()
    {
        await using var bench = Bench(isSolved: true);
        var records = 0;
        // The first one is written before the run begins.
        var home = bench.Home with
        {
            AtStep = step => _ = step == "write run.json" && ++records == 2 ? throw new InvalidOperationException("not our day") : step,
        };
        await using var session = Session.Open(home, bench.Workspace.Path, TimeProvider.System);
        var outcome = await session.RunAsync(new RunRequest("double(2) is 5, it must be 4.", bench.Settings), Patience);

        Assert.Equal(StopReason.Failed, outcome.Stop);
        Assert.Contains($"(error {outcome.Detail}: InvalidOperationException)", outcome.Message, StringComparison.Ordinal);
        var log = await File.ReadAllTextAsync(Path.Join(home.State, "logs", "sidecar.log"), Patience);
        Assert.Single(log.Split("not our day")[..^1]);
        Assert.Contains($"{outcome.Detail} ", log, StringComparison.Ordinal);
    }

    /// <returns>False: there are not so many steps.</returns>
    private static async Task<bool> FailsAtAsync(int step, bool isSolved, bool isFullFromThen)
    {
        await using var bench = Bench(isSolved);
        var before = bench.Workspace.Fingerprint();
        bench.Disk.FailAt(step, isFullFromThen, name => name is "put back" or "keep after" or "close");

        var outcome = await bench.RunAsync(Patience);

        var refused = bench.Disk.Refused;
        var couldNotPutBack = refused is ["put back", ..];
        Assert.Equal(
            isSolved ? StopReason.Done
                : couldNotPutBack ? StopReason.Failed
                : StopReason.MalformedReplies,
            outcome.Stop
        );
        Assert.Equal(!isSolved && !couldNotPutBack, before == bench.Workspace.Fingerprint());
        await CheckAsync(bench, outcome, bench.Events);
        AssertUnlocked(bench);
        // Nothing is lost in silence: a notice, or the last message.
        var told = outcome.Message + string.Concat(bench.Events.OfType<NoticeRaised>().Select(notice => notice.Description));
        Assert.True(
            refused.Count == 0 || refused[0] is "clean" or "flush" || told.Contains("The disk is full", StringComparison.Ordinal),
            $"{step}, {refused.FirstOrDefault()}: {told}"
        );
        return refused.Count > 0;
    }

    private static Task CheckAsync(RunBench bench, RunOutcome outcome, IReadOnlyList<RunEvent> told)
    {
        var last = Assert.Single(told.OfType<RunFinished>());
        Assert.Same(last, told[^1]);
        Assert.Equal((outcome.Stop, outcome.Detail, outcome.Message), (last.Stop, last.Detail, last.Message));
        var written = EventLog.Read(new RunFolder(outcome.Folder).Events).Select(happened => happened.Event).OfType<RunFinished>().ToList();
        Assert.True(
            written is [var one]
                ? one == last
                : written.Count == 0 && last.Message.Contains("could not be written down", StringComparison.Ordinal)
        );
        Assert.False(new RunFolder(outcome.Folder).IsLocked);
        return Task.CompletedTask;
    }

    private static void AssertUnlocked(RunBench bench) =>
        Assert.False(Disk.IsLocked(RunFolder.WorkspaceLock(bench.Home, bench.Workspace.Path)));

    private static async Task<IReadOnlyList<RunEvent>> CollectAsync(Session session)
    {
        var told = new List<RunEvent>();
        await foreach (var envelope in session.EventsAsync(CancellationToken.None))
        {
            told.Add(envelope.Event);
        }
        return told;
    }

    /// <summary>Votes for the track record, a patch, and a test command that says at once whether it is good.</summary>
    private static RunBench Bench(bool isSolved)
    {
        var bench = new RunBench([
            .. Says.Begin,
            .. Says.AllVote("approve"),
            Says.Checklist("Correct it"),
            Says.Patch("double.js", RunBench.Solved).Once(),
            Says.Rule("", "I do not know."),
        ]);
        bench.Settings = bench.Settings with
        {
            Consilium = ConsiliumSize.Full,
            TestCommand = isSolved ? "true" : "false",
            Workspace = bench.Workspace.Path,
        };
        return bench;
    }
}
