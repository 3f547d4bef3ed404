using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Snapshots;

/// <summary>Snapshots and the contents they need, in the state folder; the same content is stored once.</summary>
internal sealed class SnapshotStore(string folder, TimeProvider time)
{
    /// <summary>Reads the walk and stores what is new; durable when it completes.</summary>
    public Task<Snapshot> TakeAsync(WorkspaceRoot root, CancellationToken cancellationToken) => throw new NotImplementedException($"{folder} {time} {root}");

    /// <summary>Null: it is not (or no longer) in the store.</summary>
    public Snapshot? Open(string snapshotId, WorkspaceRoot root) => throw new NotImplementedException();

    /// <summary>Drops the oldest snapshots until the store is below the limit; contents no snapshot names go.</summary>
    public void Clean(long mostBytes) => throw new NotImplementedException();
}
