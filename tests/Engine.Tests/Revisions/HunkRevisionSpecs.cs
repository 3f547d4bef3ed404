using System.Text;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Revisions;

/// <summary>Hunks decided after the run, on real files: every byte nobody decided about stays.</summary>
public sealed class HunkRevisionSpecs : IAsyncDisposable
{
    private readonly RunBench bench = new([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await bench.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    public async Task A_rejected_hunk_comes_out_to_the_byte(string mark)
    {
        byte[] before = Encoding.UTF8.GetBytes(mark + RunBench.Broken.Replace("\n", "\r\n", StringComparison.Ordinal));
        await File.WriteAllBytesAsync(bench.Workspace["double.js"], before, Cancel);
        await using var session = await RunAsync();
        var after = await File.ReadAllBytesAsync(bench.Workspace["double.js"], Cancel);
        var hunk = Hunk(session);

        var result = await session.DecideAsync(null, "p1", [new(hunk, false)], "acp", Cancel);
        Assert.Equal(before, await File.ReadAllBytesAsync(bench.Workspace["double.js"], Cancel));
        Assert.Equal([hunk], result.Rejected);

        result = await session.DecideAsync(null, "p1", [new(hunk, true)], "acp", Cancel);
        Assert.Equal(after, await File.ReadAllBytesAsync(bench.Workspace["double.js"], Cancel));
        Assert.Equal([hunk], result.Applied);
        Assert.Null(new AuditLog(bench.Home.State, TimeProvider.System).Verify().BrokenLine);
    }

    [Fact]
    public async Task The_run_can_be_undone_after_late_decisions()
    {
        await using var session = await RunAsync();
        await session.DecideAsync(null, "p1", [new(Hunk(session), false)], "acp", Cancel);
        Assert.Equal(RunBench.Broken, bench.Workspace.Read("double.js"));
        await session.DecideAsync(null, "p1", [new(Hunk(session), true)], "acp", Cancel);
        Assert.Equal(RunBench.Solved, bench.Workspace.Read("double.js"));
        Assert.Equal(["double.js"], session.UndoLast()!.Restored);
        Assert.Equal(RunBench.Broken, bench.Workspace.Read("double.js"));
        Assert.IsType<RolledBack>(session.Events()[^1].Event);
        await Assert.ThrowsAsync<UnknownItemException>(() => session.DecideAsync(null, "p1", [new(Hunk(session), true)], "acp", Cancel));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("double.js")]
    public async Task Behind_a_link_hunks_are_decided_and_the_snapshot_is_restored(string? asked)
    {
        bench.Workspace.With("parts/double.js", RunBench.Broken);
        File.Delete(bench.Workspace["double.js"]);
        File.CreateSymbolicLink(bench.Workspace["double.js"], "parts/double.js");
        var before = bench.Workspace.Fingerprint();
        await using var session = await RunAsync();

        await session.DecideAsync(null, "p1", [new(Hunk(session), false)], "acp", Cancel);
        Assert.Equal(before, bench.Workspace.Fingerprint());
        await session.DecideAsync(null, "p1", [new(Hunk(session), true)], "acp", Cancel);
        Assert.Equal(RunBench.Solved, bench.Workspace.Read("parts/double.js"));
        var ofRun = session.Snapshots()[^1].SnapshotId;
        var result = await session.RestoreAsync(ofRun, asked is null ? null : [asked], dryRun: false, "acp", Cancel);

        Assert.Equal(["parts/double.js"], result.Restored);
        Assert.Equal(before, bench.Workspace.Fingerprint());
    }

    [Fact]
    public async Task A_decision_that_changes_nothing_writes_nothing()
    {
        await using var session = await RunAsync();
        var last = session.LastSeq;
        var result = await session.DecideAsync(null, "p1", [new(Hunk(session), true)], "acp", Cancel);
        Assert.Empty(result.Files);
        Assert.Equal([typeof(HunksDecided)], session.Events(last).Select(happened => happened.Event.GetType()));
    }

    [Fact]
    public async Task Tests_run_again_without_a_model()
    {
        await using var session = await RunAsync();
        var request = new RunRequest("/test", bench.Settings with { Workspace = bench.Workspace.Path, BaseUrl = "http://127.0.0.1:9/v1" })
        {
            TestsOnly = true,
        };
        var outcome = await session.RunAsync(request, Cancel);
        Assert.Equal((StopReason.Done, "The tests pass."), (outcome.Stop, outcome.Message));
        bench.Workspace.With("double.js", RunBench.Broken);
        outcome = await session.RunAsync(request, Cancel);
        Assert.Equal(StopReason.TestsFailed, outcome.Stop);
        Assert.Equal(RunBench.Broken, bench.Workspace.Read("double.js"));
    }

    private async Task<Session> RunAsync()
    {
        var session = Session.Open(bench.Home, bench.Workspace.Path, TimeProvider.System);
        var outcome = await session.RunAsync(
            new RunRequest("double(2) is 5, it must be 4.", bench.Settings with { Workspace = bench.Workspace.Path }),
            Cancel
        );
        Assert.Equal(StopReason.Done, outcome.Stop);
        return session;
    }

    private static string Hunk(Session session) =>
        session.Events().Select(happened => happened.Event).OfType<PatchProposed>().Single().Files[0].Hunks.Single().HunkId;
}
