using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Revisions;

/// <summary>The snapshots of a session's runs: what they differ in, and the way back to one of them.</summary>
internal sealed class SnapshotRevision(WorkspaceRoot root, SnapshotStore store, IReadOnlyList<RunFolder> runs)
{
    private const int MostDiff = 64 << 10;
    private const long MostBytes = 1 << 20;
    private readonly TextFiles texts = FileActions.Texts(root);

    /// <summary>Newest first; those the store has dropped are left out.</summary>
    public IReadOnlyList<ListedSnapshot> List()
    {
        var events = runs.SelectMany(run => EventLog.Read(run.Events)).ToList();
        var tasks = events
            .Where(happened => happened.Event is RunStarted)
            .ToLookup(happened => happened.RunId, happened => ((RunStarted)happened.Event).Task.Trim().Split('\n')[0]);
        return
        [
            .. events
                .Where(happened => happened.Event is SnapshotTaken)
                .Select(happened => (happened, taken: (SnapshotTaken)happened.Event))
                .Where(one => store.Has(one.taken.SnapshotId, root))
                .Select(one => new ListedSnapshot(
                    one.taken.SnapshotId,
                    one.happened.RunId,
                    one.happened.At,
                    tasks[one.happened.RunId].FirstOrDefault(""),
                    one.taken.Files
                ))
                .Reverse(),
        ];
    }

    /// <param name="to">Null: the workspace as it is now.</param>
    /// <exception cref="UnknownItemException">snapshot</exception>
    public IReadOnlyList<DiffedFile> Diff(string snapshotId, string? to, CancellationToken cancellationToken)
    {
        var from = Open(snapshotId);
        var later = to is null ? null : Open(to);
        var changes = later is null ? from.Compare(cancellationToken) : from.Compare(later);
        return
        [
            .. changes
                .Where(change => !change.Path.EndsWith('/') && change.Before != change.After)
                .Select(change =>
                    Diff(
                        change,
                        from.Content(change.Path, change.Before),
                        later is null ? Now(change.Path) : later.Content(change.Path, change.After)
                    )
                ),
        ];
    }

    /// <summary>Without paths: what the runs since this snapshot changed goes back, and the user's other lines stay. With paths: these,
    /// whatever is there now.</summary>
    /// <exception cref="UnknownItemException">snapshot, path</exception>
    public static async Task<SnapshotRestoreResult> RestoreAsync(
        Revision revision,
        string snapshotId,
        IReadOnlyList<string>? paths,
        bool dryRun,
        CancellationToken cancellationToken
    )
    {
        var snapshots = new SnapshotRevision(revision.Root, revision.Store, revision.Runs);
        var listed = snapshots.List().FirstOrDefault(one => one.SnapshotId == snapshotId) ?? throw Unknown(snapshotId);
        var snapshot = snapshots.Open(snapshotId);
        var changes = snapshots.Wanted(snapshot, listed.RunId, paths, cancellationToken);
        var plan = UndoPlan.Make(revision.Root, snapshot, changes).Do(dryRun: true);
        if (dryRun || plan.Conflicts.Count > 0 || plan.Restored.Count == 0)
        {
            return new(plan.Conflicts.Count > 0 ? [] : plan.Restored, plan.Conflicts, null);
        }
        var before = await revision.TakeSnapshotAsync(listed.RunId, cancellationToken);
        var done = revision.Audited(
            listed.RunId,
            string.Join(", ", plan.Restored),
            $"The user restored snapshot {snapshotId}.",
            () => UndoPlan.Make(revision.Root, snapshot, changes).Do(dryRun: false),
            result => result.Message
        );
        if (done.Conflicts.Count == 0)
        {
            snapshots.Forget(listed.RunId, done.Restored);
            revision.Tell(listed.RunId, new RolledBack(snapshotId, "restored by the user", done.Restored.Count));
        }
        return new(done.Restored, done.Conflicts, before.Id);
    }

    private IReadOnlyList<ChangedPath> Wanted(
        Snapshot snapshot,
        string runId,
        IReadOnlyList<string>? paths,
        CancellationToken cancellationToken
    )
    {
        var differs = snapshot.Compare(cancellationToken);
        if (paths is not null)
        {
            var wanted = paths.SelectMany(NamesOf).ToHashSet(StringComparer.Ordinal);
            return [.. differs.Where(change => wanted.Contains(change.Path.TrimEnd('/')))];
        }
        var left = new Dictionary<string, ChangedPath>(StringComparer.Ordinal);
        foreach (var change in Since(runId).SelectMany(run => run.Read()?.Changes ?? []))
        {
            left[change.Path] = change.Behind(left.GetValueOrDefault(change.Path));
        }
        return
        [
            .. differs
                .Where(change => left.ContainsKey(change.Path))
                .Select(change => change with { After = left[change.Path].After, Mode = left[change.Path].Mode }),
        ];
    }

    /// <summary>The path as it was asked for, and what it leads to: a snapshot knows files by the names they have on disk.</summary>
    private IReadOnlyList<string> NamesOf(string path)
    {
        try
        {
            return [path, .. PathStates.Names(root, WorkspacePath.OfDisk(path)).Select(name => name.Value)];
        }
        catch (WorkspaceException)
        {
            return [path];
        }
    }

    /// <summary>What is back is no change of these runs any more; a run without changes is undone.</summary>
    private void Forget(string runId, IReadOnlyList<string> restored)
    {
        foreach (var run in Since(runId))
        {
            if (run.Read() is { Changes.Count: > 0 } record)
            {
                var changes = record.Changes.Where(change => !restored.Contains(change.Path, StringComparer.Ordinal)).ToList();
                run.Write(record with { Changes = changes, Undone = record.Undone || changes.Count == 0 });
            }
        }
    }

    private IEnumerable<RunFolder> Since(string runId) => runs.SkipWhile(run => run.RunId != runId);

    private Snapshot Open(string snapshotId) => store.Open(snapshotId, root) ?? throw Unknown(snapshotId);

    private static UnknownItemException Unknown(string snapshotId) => new("snapshot", $"There is no snapshot {snapshotId}.");

    private byte[]? Now(string path)
    {
        try
        {
            return root.Read(WorkspacePath.OfDisk(path), MostBytes);
        }
        catch (WorkspaceException)
        {
            return null;
        }
    }

    private DiffedFile Diff(ChangedPath change, byte[]? before, byte[]? after)
    {
        var kind =
            change.Before is null ? FileChange.Added
            : change.After is null ? FileChange.Deleted
            : FileChange.Modified;
        try
        {
            if ((before is null) == (change.Before is null) && (after is null) == (change.After is null))
            {
                var (old, now) = (Lines(change.Path, before), Lines(change.Path, after));
                var unified = UnifiedText.Of(
                    LineDiff.Runs([.. old.Select(line => line.ToString())], [.. now.Select(line => line.ToString())]),
                    old,
                    now
                );
                return new(
                    change.Path,
                    kind,
                    unified.Length > MostDiff ? unified[..unified.LastIndexOf('\n', MostDiff)] + "\n" : unified,
                    unified.Length > MostDiff
                );
            }
        }
        catch (RefusedException)
        {
            // No text: nothing to show.
        }
        return new(change.Path, kind, "", false);
    }

    private IReadOnlyList<TextLine> Lines(string path, byte[]? bytes) => bytes is null ? [] : texts.Read(path, bytes).Lines;
}
