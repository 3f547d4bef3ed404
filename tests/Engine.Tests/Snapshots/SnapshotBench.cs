using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Tests.Workspace;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Snapshots;

/// <summary>A folder with a store beside it.</summary>
public abstract class SnapshotBench : IDisposable
{
    private protected readonly TreeFolder tree = new();
    private protected readonly WorkspaceRoot root;
    private protected readonly SnapshotStore store;

    protected SnapshotBench()
    {
        root = WorkspaceRoot.Open(tree.Path);
        store = new(tree.Store, TimeProvider.System);
    }

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        root.Dispose();
        tree.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Snapshot Reopen(Snapshot snapshot) => new SnapshotStore(tree.Store, TimeProvider.System).Open(snapshot.Id, root)!;

    private protected static FileWrite Change(string path, string? expected, string text) =>
        new(
            path.Disk(),
            expected is null ? null : WorkspaceRoot.Hash(System.Text.Encoding.UTF8.GetBytes(expected)),
            System.Text.Encoding.UTF8.GetBytes(text)
        );
}
