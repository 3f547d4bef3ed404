using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Runs;

/// <summary>One session among others: who may delete it, and whose events a reader gets.</summary>
public sealed class SessionSpecs : IAsyncDisposable
{
    private readonly RunBench bench = new([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    private SessionStore Store => new(bench.Home, TimeProvider.System);

    public async ValueTask DisposeAsync() => await bench.DisposeAsync();

    [Fact]
    public async Task A_session_that_somebody_has_open_is_not_deleted()
    {
        var session = Session.Open(bench.Home, bench.Workspace.Path, TimeProvider.System);
        await session.RunAsync(Tests(), Patience);

        Assert.Equal("session_busy", Assert.Throws<BusyException>(() => Store.Delete(session.Id)).Kind);
        Assert.NotEmpty(session.Events());

        await session.DisposeAsync();
        Assert.True(Store.Delete(session.Id));
        Assert.Null(Store.Open(session.Id));
        Assert.False(Store.Delete(session.Id));
        Assert.Empty(Store.List());
    }

    [Fact]
    public async Task A_session_that_cannot_be_opened_is_free_again()
    {
        await using var session = Session.Open(bench.Home, bench.Workspace.Path, TimeProvider.System);
        Assert.Equal("session_busy", Assert.Throws<BusyException>(() => Store.Open(session.Id)).Kind);
        await session.DisposeAsync();
        await using var again = Store.Open(session.Id);
        Assert.NotNull(again);
    }

    [Fact]
    public async Task An_undo_waits_for_its_right_before_it_touches_a_file()
    {
        await using var session = Session.Open(bench.Home, bench.Workspace.Path, TimeProvider.System);
        await session.RunAsync(Tests() with { TestsOnly = false }, Patience);
        var (last, solved) = (session.LastSeq, bench.Workspace.Fingerprint());
        using (Disk.TryLock(RunFolder.WorkspaceLock(bench.Home, bench.Workspace.Path)))
        {
            Assert.Throws<BusyException>(session.UndoLast);
        }
        Assert.Equal((last, solved), (session.LastSeq, bench.Workspace.Fingerprint()));

        Assert.Equal(["double.js"], session.UndoLast()!.Restored);
        Assert.IsType<RolledBack>(Assert.Single(session.Events(last)).Event);
        Assert.Equal("This run is undone already.", session.UndoLast()!.Message);
    }

    [Fact]
    public async Task Who_waits_between_two_runs_gets_the_next_one()
    {
        await using var session = Session.Open(bench.Home, bench.Workspace.Path, TimeProvider.System);
        await session.RunAsync(Tests() with { TestsOnly = false }, Patience);
        session.UndoLast();
        var reading = ReadAsync(session, session.LastSeq);

        var outcome = await session.RunAsync(Tests(), Patience);

        var told = await reading;
        Assert.All(told, happened => Assert.Equal(outcome.RunId, happened.RunId));
        Assert.IsType<RunFinished>(told[^1].Event);
    }

    [Fact]
    public async Task Who_waits_for_a_run_that_never_comes_is_let_go_with_the_session()
    {
        var session = Session.Open(bench.Home, bench.Workspace.Path, TimeProvider.System);
        var reading = ReadAsync(session, 0);
        await session.DisposeAsync();
        Assert.Empty(await reading);
    }

    private RunRequest Tests() =>
        new("double(2) is 5, it must be 4.", bench.Settings with { Workspace = bench.Workspace.Path, TestCommand = "true" })
        {
            TestsOnly = true,
        };

    private static async Task<IReadOnlyList<EventEnvelope>> ReadAsync(Session session, long after)
    {
        var told = new List<EventEnvelope>();
        await foreach (var happened in session.EventsAsync(after, Patience))
        {
            told.Add(happened);
        }
        return told;
    }
}
