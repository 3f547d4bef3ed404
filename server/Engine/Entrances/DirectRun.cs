using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Entrances;

/// <summary>
/// One tool call outside a task. As soon as it is about to change something it becomes a run of its own, with lock, snapshot, events and
/// record, so that it is listed and can be undone; a call that only looks leaves nothing but its lines in the audit. Of a call that says
/// what
/// it writes the snapshot holds just that.
/// </summary>
internal sealed class DirectRun(SidecarHome home, WorkspaceRoot root, string workspace, string title, Level level, TimeProvider time)
    : IDisposable
{
    private readonly List<RunEvent> waiting = [];

    /// <summary>What the tool has said it writes, by the names that a comparison with the snapshot has.</summary>
    private readonly HashSet<string> paths = new(StringComparer.Ordinal);
    private readonly DisposableStack held = new();
    private FileStream? workspaceLock;
    private EventLog? log;
    private RunRecord? record;
    private Snapshot? snapshot;

    public string RunId { get; } = RunFolder.NewId(time);

    /// <summary>There is something that <c>runs undo</c> would put back.</summary>
    public bool CanBeUndone => record is { Changes.Count: > 0 } or { UnderWay: not null };

    private RunFolder Folder => new(Path.Join(home.State, "runs", RunId)) { AtStep = home.AtStep };

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
        if (record is null)
        {
            await OpenAsync(cancellationToken);
            Keep(new SnapshotStore(home.Snapshots, time).Begin(root));
        }
        snapshot!.Keep(written);
        paths.UnionWith(written.SelectMany(path => PathStates.Names(root, path)).Select(path => path.Value));
    }

    /// <summary>For what git itself takes back: a switched branch, a stash, a commit.</summary>
    /// <exception cref="BusyException">Another run works in the workspace.</exception>
    public Task LockAsync(CancellationToken cancellationToken)
    {
        workspaceLock ??= held.Add(
            Disk.TryLock(RunFolder.WorkspaceLock(home, workspace))
                ?? throw new BusyException("workspace_busy", $"Another run works in {workspace}. Wait for it, or cancel it.")
        );
        return Task.CompletedTask;
    }

    /// <summary>For a command that changes who knows what in the workspace itself.</summary>
    /// <exception cref="BusyException">Another run works in the workspace.</exception>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        Keep(await new SnapshotStore(home.Snapshots, time).TakeAsync(root, cancellationToken));
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        await LockAsync(cancellationToken);
        Disk.CreatePrivate(Folder.FullPath);
        // Locked before it has a record: a record without a lock is that of a run that was killed.
        held.Add(Folder.TryLock() ?? throw new BusyException("run_in_progress", $"Another process holds the new run {RunId}."));
        log = held.Add(new EventLog(Folder.Events, RunId, 0, time, home.AtStep, home.Log.Lines));
        record = new(RunId, "", title, workspace, time.GetUtcNow(), "", []);
        Folder.Write(record);
        ((IEnumerable<RunEvent>)[new RunStarted(title, (int)level, "none"), .. waiting]).ToList().ForEach(log.Append);
    }

    private void Keep(Snapshot taken)
    {
        snapshot = taken;
        // Until it ends, whatever differs from the snapshot is the call's: so a kill can be undone.
        record = record! with { SnapshotId = snapshot.Id, UnderWay = [] };
        Folder.Write(record);
        log!.Append(new SnapshotTaken(snapshot.Id, snapshot.Files));
    }

    /// <summary>Notes what the call changed: of a tool's write its files, of a command whatever differs from just before it.</summary>
    public void Finish(StopReason stop, string message)
    {
        if (record is null)
        {
            return;
        }
        var steps = new EndSteps(home, Emit);
        var isCompared = steps.Do("compare", "What the call changed could not be noted", () =>
        {
            var changes = snapshot is null
                ? []
                : snapshot.Compare(CancellationToken.None).Where(change => paths.Count == 0 || paths.Contains(change.Path)).ToList();
            snapshot?.KeepAfter(changes);
            record = record with { Changes = changes, UnderWay = null };
        });
        steps.Do("record", "How the call ended could not be noted", () =>
        {
            // While it is not known what was changed, whatever differs counts as the call's: so it can be undone.
            record = record with { Stop = isCompared ? stop : StopReason.Interrupted };
            Folder.Write(record);
        });
        log?.Finish(new RunFinished(stop, null, message + steps.Untold));
    }

    public void Dispose()
    {
        held.Dispose();
        if (record is not null)
        {
            // The call has ended already; the next one tidies up.
            Guarded.Try(new RunStore(home, time).CleanSnapshots);
        }
    }
}
