using CodexSidecar.Contracts;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Sessions;

/// <summary>
/// One tool call outside a task. As soon as it is about to change something it becomes a run of its own, with lock, snapshot, events and record, so that
/// it is listed and can be undone; a call that only looks leaves nothing but its lines in the audit.
/// </summary>
internal sealed class DirectRun(SidecarHome home, WorkspaceRoot root, string workspace, string title, Level level, TimeProvider time) : IDisposable
{
    private readonly List<RunEvent> waiting = [];
    private readonly HashSet<string> paths = new(StringComparer.Ordinal);
    private FileStream? runLock;
    private FileStream? workspaceLock;
    private EventLog? log;
    private RunRecord? record;
    private Snapshot? snapshot;

    public string RunId { get; } = RunFolder.NewId(time);

    /// <summary>There is something that <c>runs undo</c> would put back.</summary>
    public bool CanBeUndone => record is { Changes.Count: > 0 };

    private RunFolder Folder => new(Path.Join(home.State, "runs", RunId));

    public void Emit(RunEvent happened)
    {
        if (log is null)
        {
            waiting.Add(happened);
        }
        else
        {
            log.Append(happened);
        }
    }

    /// <exception cref="BusyException">Another run works in the workspace.</exception>
    public async Task BeforeWriteAsync(IReadOnlyList<WorkspacePath> written, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        snapshot!.Keep(written);
        paths.UnionWith(written.Select(path => path.Value));
    }

    /// <summary>For what git itself takes back: a switched branch, a stash, a commit.</summary>
    /// <exception cref="BusyException">Another run works in the workspace.</exception>
    public Task LockAsync(CancellationToken cancellationToken)
    {
        workspaceLock ??= Disk.TryLock(RunFolder.WorkspaceLock(home, workspace)) ?? throw new BusyException("workspace_busy", $"Another run works in {workspace}. Wait for it, or cancel it.");
        return Task.CompletedTask;
    }

    /// <exception cref="BusyException">Another run works in the workspace.</exception>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await LockAsync(cancellationToken);
        Disk.CreatePrivate(Folder.Path);
        record = new(RunId, "", title, workspace, time.GetUtcNow(), "", []);
        Folder.Write(record);
        runLock = Folder.TryLock();
        log = new EventLog(Folder.Events, RunId, 0, time);
        ((IEnumerable<RunEvent>)[new RunStarted(title, (int)level, "none"), .. waiting]).ToList().ForEach(log.Append);
        snapshot = await new SnapshotStore(RunStore.SnapshotFolder(home), time).TakeAsync(root, cancellationToken);
        // Until it ends, whatever differs from the snapshot is the call's: so a kill can be undone.
        record = record with { SnapshotId = snapshot.Id, UnderWay = [] };
        Folder.Write(record);
        log.Append(new SnapshotTaken(snapshot.Id, snapshot.Files));
    }

    /// <summary>Notes what the call changed: of a tool's write its files, of a command whatever differs from just before it.</summary>
    public void Finish(StopReason stop, string message)
    {
        if (record is null)
        {
            return;
        }
        IReadOnlyList<ChangedPath> changes = snapshot is null ? [] : [.. snapshot.Compare(CancellationToken.None).Where(change => paths.Count == 0 || paths.Contains(change.Path))];
        snapshot?.KeepAfter(changes);
        record = record with { Changes = changes, Stop = stop, UnderWay = null };
        Folder.Write(record);
        Emit(new RunFinished(stop, null, message));
    }

    public void Dispose()
    {
        log?.Dispose();
        runLock?.Dispose();
        workspaceLock?.Dispose();
        if (record is not null)
        {
            new RunStore(home, time).CleanSnapshots();
        }
    }
}
