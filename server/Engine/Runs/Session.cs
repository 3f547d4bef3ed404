using System.Runtime.CompilerServices;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Revisions;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Runs;

/// <summary>One conversation with one client about one workspace; the only way for a face into the engine.</summary>
public sealed class Session : IAsyncDisposable
{
    private readonly SessionStore store;
    private readonly SidecarHome home;
    private readonly TimeProvider time;
    private readonly FileStream held;
    private readonly Questions questions = new();
    private readonly Lock gate = new();
    private TaskCompletionSource<EventLog?> nextLog = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SessionRecord record;
    private EventLog? log;
    private bool running;

    private Session(SessionStore store, SidecarHome home, SessionRecord record, FileStream held, TimeProvider time)
    {
        (this.store, this.home, this.record, this.held, this.time) = (store, home, record, held, time);
        LastSeq = Stored().LastOrDefault()?.Seq ?? 0;
    }

    /// <summary>For a face that runs one task: a new session about this workspace.</summary>
    /// <exception cref="UsageException">The workspace is not a folder.</exception>
    public static Session Open(SidecarHome home, string workspace, TimeProvider time) => new SessionStore(home, time).New(workspace);

    /// <param name="held">The session's lock; the session lets go of it.</param>
    internal static Session Open(SessionStore store, SidecarHome home, SessionRecord record, FileStream held, TimeProvider time) =>
        new(store, home, record, held, time);

    public string Id => record.SessionId;

    public string Workspace => record.Workspace;

    /// <summary>The sequence number of the last event; 0 before the first.</summary>
    public long LastSeq
    {
        get => log?.LastSeq ?? field;
        private set;
    }

    internal Level? LevelChange { get; private set; }

    /// <summary>Runs one task from the request to the report. Always ends with one <see cref="RunFinished"/>; cancelling ends it as
    /// <c>cancelled</c>, not with an exception.</summary>
    /// <exception cref="UsageException">Nothing was started.</exception>
    public async Task<RunOutcome> RunAsync(RunRequest request, CancellationToken cancellationToken)
    {
        Start();
        try
        {
            LevelChange = null;
            lock (gate)
            {
                Renew();
            }
            using var run = RunHost.Open(home, record, request, LastSeq, time);
            lock (gate)
            {
                log?.Dispose();
                log = run.Log;
                record = record with { Runs = [.. record.Runs, run.RunId] };
                nextLog.TrySetResult(run.Log);
            }
            return await run.RunAsync(questions, () => LevelChange, () => store.Write(record), cancellationToken);
        }
        finally
        {
            lock (gate)
            {
                nextLog.TrySetResult(null);
            }
            Stop();
        }
    }

    /// <summary>All events of the session after this number in order: the stored ones, then live ones; ends after the
    /// <see cref="RunFinished"/> of the current run, or when the run could not start.</summary>
    public async IAsyncEnumerable<EventEnvelope> EventsAsync(long afterSeq, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var live = await Live().WaitAsync(cancellationToken);
        foreach (
            var stored in Stored().TakeWhile(stored => live is null || stored.RunId != live.RunId).Where(stored => stored.Seq > afterSeq)
        )
        {
            yield return stored;
        }
        if (live is null)
        {
            yield break;
        }
        await foreach (var happened in live.TailAsync(cancellationToken))
        {
            if (happened.Seq > afterSeq)
            {
                yield return happened;
            }
        }
    }

    public IAsyncEnumerable<EventEnvelope> EventsAsync(CancellationToken cancellationToken) => EventsAsync(0, cancellationToken);

    /// <summary>What is stored now, for drawing it again.</summary>
    public IReadOnlyList<EventEnvelope> Events(long afterSeq = 0) => [.. Stored().Where(stored => stored.Seq > afterSeq)];

    /// <summary>Answers a <see cref="PermissionAsked"/>; an unknown or already answered id does nothing.</summary>
    public void Answer(string askId, Answer answer) => questions.Answer(askId, answer);

    /// <summary>Holds from the next policy decision of the running run on.</summary>
    public void SetLevel(Level level) => LevelChange = level;

    /// <summary>The whole texts of a proposed patch of one run; empty when it is unknown.</summary>
    public IReadOnlyList<PatchText> PatchTexts(string runId, string patchId) => Folder(runId)?.ReadTexts(patchId) ?? [];

    /// <summary>Decides hunks of a patch that is applied already; what happened comes as events behind the last one.</summary>
    /// <param name="runId">Patch ids are unique within a run; null: the newest run with this patch.</param>
    /// <param name="face">By which way in, for the audit.</param>
    /// <exception cref="BusyException">A run works in this session or its workspace.</exception>
    /// <exception cref="UnknownItemException">patch, hunk</exception>
    public Task<DecideResult> DecideAsync(
        string? runId,
        string patchId,
        IReadOnlyList<HunkDecision> decisions,
        string face,
        CancellationToken cancellationToken
    ) => AfterwardsAsync(face, revision => HunkRevision.Of(revision, runId, patchId, decisions).DoAsync(decisions, cancellationToken));

    /// <summary>The snapshots of this session's runs that are still kept, newest first.</summary>
    public IReadOnlyList<ListedSnapshot> Snapshots() => Looking(snapshots => snapshots.List());

    /// <param name="to">Another snapshot; null: the workspace as it is now.</param>
    /// <exception cref="UnknownItemException">snapshot</exception>
    public IReadOnlyList<DiffedFile> SnapshotDiff(string snapshotId, string? to, CancellationToken cancellationToken) =>
        Looking(snapshots => snapshots.Diff(snapshotId, to, cancellationToken));

    /// <param name="paths">Relative: these, whatever is there now. Null: what the runs since the snapshot changed; the user's other lines
    /// stay.</param>
    /// <exception cref="BusyException">A run works in this session or its workspace.</exception>
    /// <exception cref="UnknownItemException">snapshot</exception>
    public Task<SnapshotRestoreResult> RestoreAsync(
        string snapshotId,
        IReadOnlyList<string>? paths,
        bool dryRun,
        string face,
        CancellationToken cancellationToken
    ) => AfterwardsAsync(face, revision => SnapshotRevision.RestoreAsync(revision, snapshotId, paths, dryRun, cancellationToken));

    /// <summary>Restores the before-state of the last run that changed something.</summary>
    /// <returns>Null: there was no run.</returns>
    /// <exception cref="UsageException">As of <see cref="RunStore.Undo"/>.</exception>
    public UndoResult? UndoLast()
    {
        Start();
        try
        {
            var runs = new RunStore(home, time);
            var changed = Folders().LastOrDefault(folder => folder.Read() is { Changes.Count: > 0 }) ?? Folders().LastOrDefault();
            if (changed is null || runs.Find(changed.RunId) is not { } last)
            {
                return null;
            }
            if (RunStore.NothingToUndo(changed.Read()) is { } nothing)
            {
                return UndoResult.Nothing(nothing, dryRun: false);
            }
            CloseLog();
            // First the right to do it, then the files: what is done can always be told.
            using var revision = Revision.Open(home, record, [.. Folders()], LastSeq, time, "");
            var result = runs.UndoLocked(last, dryRun: false);
            if (result.Restored.Count > 0)
            {
                revision.Tell(last.RunId, new RolledBack(changed.Read()!.SnapshotId, "undone by the user", result.Restored.Count));
                LastSeq = revision.LastSeq;
            }
            return result;
        }
        finally
        {
            Stop();
        }
    }

    /// <summary>Absolute path of a run's recorded model exchanges; null: there are none.</summary>
    public string? CassetteOf(string runId) => Folder(runId) is { } folder && File.Exists(folder.Cassette) ? folder.Cassette : null;

    public ValueTask DisposeAsync()
    {
        lock (gate)
        {
            nextLog.TrySetResult(null);
            log?.Dispose();
        }
        held.Dispose();
        return ValueTask.CompletedTask;
    }

    private IEnumerable<RunFolder> Folders() => record.Runs.Select(run => new RunFolder(Path.Join(home.State, "runs", run)));

    private RunFolder? Folder(string runId) => Folders().FirstOrDefault(folder => folder.RunId == runId);

    private T Looking<T>(Func<SnapshotRevision, T> look)
    {
        if (!Directory.Exists(record.Workspace))
        {
            throw new UsageException($"The workspace is gone: {record.Workspace}");
        }
        using var root = WorkspaceRoot.Open(record.Workspace);
        return look(new(root, new SnapshotStore(home.Snapshots, time), [.. Folders()]));
    }

    private async Task<T> AfterwardsAsync<T>(string face, Func<Revision, Task<T>> work)
    {
        Start();
        try
        {
            CloseLog();
            using var revision = Revision.Open(home, record, [.. Folders()], LastSeq, time, face);
            try
            {
                return await work(revision);
            }
            finally
            {
                LastSeq = revision.LastSeq;
            }
        }
        finally
        {
            Stop();
        }
    }

    private void CloseLog()
    {
        lock (gate)
        {
            LastSeq = log?.LastSeq ?? LastSeq;
            log?.Dispose();
            log = null;
            Renew();
        }
    }

    /// <summary>
    /// The log of the run that works or worked last; while there is none, that of the next one. Null: it could not be started.
    /// </summary>
    private Task<EventLog?> Live()
    {
        lock (gate)
        {
            return log is null ? nextLog.Task : Task.FromResult<EventLog?>(log);
        }
    }

    private void Renew()
    {
        if (nextLog.Task.IsCompleted)
        {
            nextLog = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private IEnumerable<EventEnvelope> Stored() => Folders().SelectMany(folder => EventLog.Read(folder.Events));

    private void Start()
    {
        lock (gate)
        {
            if (running)
            {
                throw new BusyException("run_in_progress", "A task is running in this session already; wait for it or cancel it.");
            }
            running = true;
        }
    }

    private void Stop()
    {
        lock (gate)
        {
            running = false;
        }
    }
}
