using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.Revisions;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Workspace;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Entrances;

public sealed class DirectRunSpecs : IDisposable
{
    private readonly TemporaryFolder workspace = new();
    private readonly TemporaryFolder state = new();

    public void Dispose()
    {
        workspace.Dispose();
        state.Dispose();
    }

    /// <summary>A killed process lets go of its locks and writes nothing more: so does this one.</summary>
    [Fact]
    public async Task A_call_that_was_killed_after_its_change_can_be_undone()
    {
        workspace.With("a.txt", "before");
        var home = new SidecarHome(state["state"], state["cache"], state["config"]);
        string runId;
        using (var root = WorkspaceRoot.Open(workspace.Path))
        using (var run = new DirectRun(home, root, workspace.Path, "tool shell: x", Level.RunTests, TimeProvider.System))
        {
            await run.BeginAsync(TestContext.Current.CancellationToken);
            workspace.With("a.txt", "after").With("new.txt", "new");
            runId = run.RunId;
        }
        var store = new RunStore(home, TimeProvider.System);

        var result = store.Undo(store.Find(runId)!);

        Assert.Empty(result.Conflicts);
        Assert.Equal("before", workspace.Read("a.txt"));
        Assert.False(File.Exists(workspace["new.txt"]));
    }
}
