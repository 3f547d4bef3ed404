using CodexSidecar.Engine.Orchestration;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Workspace;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Orchestration;

public sealed class PlaceChangesSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly WorkspaceRoot root;

    public PlaceChangesSpecs() => root = WorkspaceRoot.Open(folder.Path);

    public void Dispose()
    {
        root.Dispose();
        folder.Dispose();
    }

    /// <summary>It reads the workspace's folder, which the run closes next.</summary>
    [Fact]
    public async Task A_snapshot_that_nobody_waited_for_has_ended_when_the_run_has()
    {
        var begun = new TaskCompletionSource();
        var hasEnded = false;
        var changes = new PlaceChanges(
            root,
            async cancellationToken =>
            {
                var cancelled = new TaskCompletionSource<Snapshot>();
                await using var registration = cancellationToken.Register(() => cancelled.SetCanceled(cancellationToken));
                begun.SetResult();
                try
                {
                    return await cancelled.Task;
                }
                finally
                {
                    hasEnded = true;
                }
            },
            (_, _, _) => { },
            _ => { }
        );
        changes.Begin(CancellationToken.None);
        await begun.Task.WaitAsync(TestContext.Current.CancellationToken);

        await changes.DisposeAsync();

        Assert.True(hasEnded);
    }

    [Fact]
    public async Task A_run_that_took_no_snapshot_has_nothing_to_end() =>
        await new PlaceChanges(root, _ => throw new InvalidOperationException(), (_, _, _) => { }, _ => { }).DisposeAsync();
}
