using System.Runtime.CompilerServices;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Revisions;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Runs;

/// <param name="Stop">Null while the run is working, or when it was killed (<paramref name="State"/> tells).</param>
public sealed record RunSummary(
    string RunId,
    string Task,
    string Workspace,
    DateTimeOffset StartedAt,
    RunStatus State,
    StopReason? Stop,
    string? Detail,
    string Folder
);

/// <summary>The runs kept in the state folder.</summary>
public sealed class RunStore(SidecarHome home, TimeProvider time)
{
    private const long MostSnapshotBytes = 2L << 30;
    private readonly string folder = Path.Join(home.State, "runs");

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RunSummary> List() =>
        Directory.Exists(folder)
            ?
            [
                .. Directory
                    .EnumerateDirectories(folder)
                    .Select(path => Summary(new RunFolder(path)))
                    .OfType<RunSummary>()
                    .OrderByDescending(run => run.StartedAt)
                    .ThenByDescending(run => run.RunId, StringComparer.Ordinal),
            ]
            : [];

    /// <summary>Null: no such run. An unambiguous beginning of an id is enough.</summary>
    public RunSummary? Find(string runId)
    {
        if (
            runId.Length == 0
            || runId.AsSpan().IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789_-") >= 0
            || !Directory.Exists(folder)
        )
        {
            return null;
        }
        var matches = Directory.EnumerateDirectories(folder, runId + "*").Take(2).ToList();
        return matches.FirstOrDefault(path => Path.GetFileName(path) == runId) is { } exact ? Summary(new RunFolder(exact))
            : matches is [var only] ? Summary(new RunFolder(only))
            : null;
    }

    /// <summary>What the patches of a run that was not solved made of its files, as git prints a patch; null: nothing is kept.</summary>
    public byte[]? KeptPatch(RunSummary run) =>
        new RunFolder(run.Folder).KeptPatch is var file && File.Exists(file) ? File.ReadAllBytes(file) : null;

    /// <returns>False: nothing was kept.</returns>
    public bool DiscardPatch(RunSummary run)
    {
        var isKept = KeptPatch(run) is not null;
        File.Delete(new RunFolder(run.Folder).KeptPatch);
        return isKept;
    }

    /// <summary>Everything that happened, for drawing it again.</summary>
    public IReadOnlyList<EventEnvelope> Events(RunSummary run) =>
        [.. EventLog.Read(new RunFolder(run.Folder).Events).Where(happened => happened.RunId == run.RunId)];

    /// <summary>Those after a number, then the live ones; ends with the run, or at once when nobody works on it any more.</summary>
    public async IAsyncEnumerable<EventEnvelope> EventsAsync(
        RunSummary run,
        long after,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var folder = new RunFolder(run.Folder);
        while (true)
        {
            var isWorking = folder.IsLocked;
            foreach (var happened in EventLog.Read(folder.Events).Where(happened => happened.RunId == run.RunId && happened.Seq > after))
            {
                after = happened.Seq;
                yield return happened;
            }
            if (!isWorking)
            {
                yield break;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }
    }

    /// <summary>Runs of this workspace whose program was killed get their one last event now.</summary>
    public void CloseInterrupted(string workspace) =>
        CloseInterrupted(
            List().Where(run => run.State is RunStatus.Unfinished && run.Workspace == Path.GetFullPath(workspace)).Select(run => run.RunId)
        );

    /// <summary>A run that was killed gets its one last event now.</summary>
    internal void CloseInterrupted(IEnumerable<string> runIds)
    {
        foreach (var run in runIds.Select(id => new RunFolder(Path.Join(folder, id))))
        {
            try
            {
                CloseInterrupted(run);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                // A full or read-only disk: what is stored can be looked at all the same, and the next start tries again.
            }
        }
    }

    private void CloseInterrupted(RunFolder run)
    {
        // Only what has a record is locked: a folder that is just being made has none.
        if (run.Read() is not { Stop: null })
        {
            return;
        }
        using var held = run.TryLock();
        if (held is null || run.Read() is not { Stop: null } record)
        {
            return;
        }
        LeftCommands.End();
        var (seq, end) = (0L, (RunFinished?)null);
        foreach (var happened in EventLog.Read(run.Events))
        {
            (seq, end) = (happened.Seq, happened.RunId == record.RunId && happened.Event is RunFinished one ? one : end);
        }
        if (end is null)
        {
            using var log = new EventLog(run.Events, record.RunId, seq, time);
            log.Finish(
                new RunFinished(
                    StopReason.Interrupted,
                    null,
                    record is { Changes.Count: 0, UnderWay: null }
                        ? "The program ended in the middle of this run. Your files are as they were before it."
                        : $"The program ended in the middle of this run. To put the files back: codex-sidecar runs undo {record.RunId}"
                )
            );
        }
        // A run that did end, and whose record could not be written then.
        var ended = end is null ? record with { Stop = StopReason.Interrupted } : record with { Stop = end.Stop, Detail = end.Detail };
        run.Write(Settled(ended));
    }

    /// <summary>What a killed command has changed is written down now: what differs later is the user's.</summary>
    private RunRecord Settled(RunRecord record)
    {
        if (record.UnderWay is null || !Directory.Exists(record.Workspace))
        {
            return record;
        }
        try
        {
            using var root = WorkspaceRoot.Open(record.Workspace);
            return new SnapshotStore(home.Snapshots, time).Open(record.SnapshotId, root) is { } snapshot
                ? record with
                {
                    Changes = Changes(record, snapshot),
                    UnderWay = null,
                }
                : record;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return record; // the undo will try again
        }
    }

    private static IReadOnlyList<ChangedPath> Changes(RunRecord record, Snapshot snapshot) =>
        record.UnderWay is { } before
            ? CommandChanges.Add(record.Changes, before, snapshot.Compare(CancellationToken.None))
            : record.Changes;

    /// <summary>Drops the oldest snapshots over the limit; those of unfinished runs stay.</summary>
    internal void CleanSnapshots()
    {
        try
        {
            // The list of all runs is long to make, and hardly ever needed.
            new SnapshotStore(home.Snapshots, time).Clean(MostSnapshotBytes, () =>
                [
                    .. List()
                        .Where(run => run.State is RunStatus.Unfinished or RunStatus.Running)
                        .Select(run => new RunFolder(run.Folder).Read()?.SnapshotId)
                        .OfType<string>(),
                ]
            );
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // The run has ended already; the next one tidies up.
        }
    }

    /// <summary>
    /// Restores the before-state of a run, all or nothing. Where the user has changed other lines of a file than the run did, only the
    /// run's lines go back;
    /// where it is the same lines, that is a conflict.
    /// </summary>
    /// <param name="dryRun">Only say what would happen.</param>
    /// <exception cref="BusyException">The run, or another one in its workspace, is working.</exception>
    /// <exception cref="UsageException">The workspace or the snapshot is gone.</exception>
    public UndoResult Undo(RunSummary run, bool dryRun = false)
    {
        var kept = new RunFolder(run.Folder);
        using var held = kept.TryLock()
            ?? throw new BusyException("run_in_progress", "This run is still working. Cancel it first; it puts its files back itself.");
        var record = Whole(kept);
        if (NothingToUndo(record) is { } nothing)
        {
            return UndoResult.Nothing(nothing, dryRun);
        }
        using var busy = record is null
            ? null
            : Disk.TryLock(RunFolder.WorkspaceLock(home, record.Workspace))
                ?? throw new BusyException("workspace_busy", $"Another run works in {record.Workspace}. Wait for it, or cancel it.");
        return PutBack(kept, record, dryRun);
    }

    /// <summary>As <see cref="Undo"/>, for those who hold the workspace's lock already.</summary>
    internal UndoResult UndoLocked(RunSummary run, bool dryRun)
    {
        var kept = new RunFolder(run.Folder);
        using var held = kept.TryLock()
            ?? throw new BusyException("run_in_progress", "This run is still working. Cancel it first; it puts its files back itself.");
        return PutBack(kept, kept.Read(), dryRun);
    }

    /// <summary>The record; where it says that nothing was changed, with what the run's events say.</summary>
    private RunRecord? Whole(RunFolder run)
    {
        var record = run.Read();
        if (record is null || !ToldWrites.AreMissingIn(record) || !Directory.Exists(record.Workspace))
        {
            return record;
        }
        using var root = WorkspaceRoot.Open(record.Workspace);
        return record with { Changes = ToldWrites.Of(run, root, new SnapshotStore(home.Snapshots, time).Open(record.SnapshotId, root)) };
    }

    /// <returns>Why there is nothing; null: there is something, or nobody can tell.</returns>
    internal static string? NothingToUndo(RunRecord? record) =>
        record is { Undone: true } ? "This run is undone already."
        : record is { SnapshotId.Length: 0 } or { Changes.Count: 0, UnderWay: null } ? "This run changed nothing."
        : null;

    private UndoResult PutBack(RunFolder kept, RunRecord? known, bool dryRun)
    {
        var record = known ?? throw new UsageException($"The record of run {kept.RunId} cannot be read.");
        if (!Directory.Exists(record.Workspace))
        {
            throw new UsageException($"The workspace is gone: {record.Workspace}");
        }
        using var root = WorkspaceRoot.Open(record.Workspace);
        var snapshot = new SnapshotStore(home.Snapshots, time).Open(record.SnapshotId, root)
            ?? throw new UsageException($"The snapshot of run {kept.RunId} is not in the store any more.");
        try
        {
            var result = UndoPlan.Make(root, snapshot, Changes(record, snapshot)).Do(dryRun);
            if (result.Conflicts.Count == 0 && !dryRun)
            {
                kept.Write(record with { Undone = true, Stop = record.Stop ?? StopReason.Interrupted });
            }
            return result;
        }
        catch (WorkspaceException refused)
        {
            return UndoResult.Refused(refused, dryRun);
        }
    }

    private static RunSummary? Summary(RunFolder run)
    {
        if (run.Read() is not { } record)
        {
            return null;
        }
        var state = record switch
        {
            { Undone: true } => RunStatus.Undone,
            { Stop: StopReason.Interrupted } => RunStatus.Unfinished,
            { Stop: not null } => RunStatus.Finished,
            _ => run.IsLocked ? RunStatus.Running : RunStatus.Unfinished,
        };
        return new(record.RunId, record.Task, record.Workspace, record.StartedAt, state, record.Stop, record.Detail, run.FullPath);
    }
}
