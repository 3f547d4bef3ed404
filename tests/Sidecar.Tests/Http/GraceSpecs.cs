using CodexSidecar.Contracts;
using CodexSidecar.Engine.State;
using CodexSidecar.Faces.Http;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Http;

/// <summary>What becomes of a task whose last reader has left, by the clock.</summary>
public sealed class GraceSpecs
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_run_that_ended_by_itself_keeps_its_answer_beyond_the_grace()
    {
        await using var bench = Bench();
        var time = new FakeTime();
        await using var registry = Registry(bench, time);
        var run = await LeaveAtThePlanAsync(bench, registry);

        bench.Server.Open("plan");
        await run.Work;
        time.Advance(2 * Grace);

        Assert.Same(run, Join(bench, registry));
        Assert.Equal(RunBench.Solved, bench.Workspace.Read("double.js"));
    }

    [Fact]
    public async Task An_abandoned_run_is_no_answer_to_who_comes_after_it()
    {
        await using var bench = Bench();
        var time = new FakeTime();
        await using var registry = Registry(bench, time);
        var run = await LeaveAtThePlanAsync(bench, registry);

        time.Advance(Grace);
        await run.Work;

        Assert.NotSame(run, Join(bench, registry));
        Assert.Equal(RunBench.Broken, bench.Workspace.Read("double.js"));
    }

    [Fact]
    public async Task A_reader_who_comes_back_in_time_finds_the_run_going_on()
    {
        await using var bench = Bench();
        var time = new FakeTime();
        await using var registry = Registry(bench, time);
        var run = await LeaveAtThePlanAsync(bench, registry);

        time.Advance(Grace - TimeSpan.FromTicks(1));
        using var reading = Join(bench, registry).Read();
        time.Advance(Grace);
        bench.Server.Open("plan");
        await run.Work;

        Assert.Equal(RunBench.Solved, bench.Workspace.Read("double.js"));
    }

    private static RunBench Bench() =>
        new([
            new FakeRule(
                new FakeReply
                {
                    Text = "STEP: Correct double.js.\nFILE: double.js",
                    Gates = new Dictionary<int, string> { [-1] = "plan" },
                }
            )
            {
                Last = "Plan the change",
            },
            .. Says.Begin,
            Says.Patch("double.js", RunBench.Solved),
        ]);

    private static RunRegistry Registry(RunBench bench, TimeProvider time) =>
        new(new HttpOrder(bench.Settings, 0, new AccessToken("token", null)), bench.Home, time, fault =>
            throw new InvalidOperationException(fault)
        );

    private static LiveRun Join(RunBench bench, RunRegistry registry) =>
        registry.Join(
            "task",
            new RunRequest("double(2) is 5, it must be 4.", bench.Settings with { Workspace = bench.Workspace.Path }),
            null,
            isRetry: false
        );

    private static async Task<LiveRun> LeaveAtThePlanAsync(RunBench bench, RunRegistry registry)
    {
        var run = Join(bench, registry);
        var reading = run.Read();
        await bench.Server.ReachedAsync("plan").WaitAsync(TestContext.Current.CancellationToken);
        reading.Dispose();
        return run;
    }
}
