using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>
/// What this run changed, and the way back. Patches are written down before they touch the disk (a kill in between can be undone); what a
/// command
/// changes is the difference between just before and just after it. Everything else that changes meanwhile is the user's and stays.
/// </summary>
/// <param name="take">Takes the snapshot; called once.</param>
/// <param name="record">Keeps the snapshot's id, the changes, and while a command runs what differed before it, durably with the
/// run.</param>
internal sealed class RunChanges(
    Func<CancellationToken, Task<Snapshot>> take,
    Action<string, IReadOnlyList<ChangedPath>, IReadOnlyList<ChangedPath>?> record,
    Action<RunEvent> emit
) : IAsyncDisposable
{
    private readonly SortedDictionary<string, ChangedPath> changes = new(StringComparer.Ordinal);
    private readonly HashSet<string> patched = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource over = new();
    private IReadOnlyList<ChangedPath> beforeWrite = [];
    private Task<Snapshot>? taking;
    private Snapshot? snapshot;

    /// <summary>Paths the run's patches wrote and that differ from the before-state now; what a commit holds.</summary>
    public IReadOnlyList<string> Patched =>
        [
            .. patched
                .Where(path => changes.TryGetValue(path, out var change) && change is not { Before: null, After: null })
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Begins to take the snapshot; the model thinks meanwhile.</summary>
    public void Begin(CancellationToken cancellationToken) =>
        taking ??= Task.Run(() => TakeAsync(cancellationToken), CancellationToken.None);

    /// <summary>The snapshot exists and holds these paths when this completes.</summary>
    public async Task BeforeWriteAsync(IReadOnlyList<WorkspacePath> paths, CancellationToken cancellationToken)
    {
        var taken = await SnapshotAsync(cancellationToken);
        taken.Keep(paths);
    }

    /// <summary>To be called before the plan is on disk, behind <see cref="BeforeWriteAsync"/>.</summary>
    /// <exception cref="WorkspaceException">A path of the plan leads where nobody may write.</exception>
    public void WillWrite(PatchPlan plan)
    {
        var coming = snapshot!.Coming(plan.Writes());
        beforeWrite = [.. changes.Values];
        foreach (var change in coming)
        {
            patched.Add(change.Path);
            changes[change.Path] = change.Behind(changes.GetValueOrDefault(change.Path));
        }
        Save();
    }

    /// <summary>To be called instead of <see cref="Wrote"/> when the disk refused the plan and nothing of it was written.</summary>
    public void DidNotWrite()
    {
        changes.Clear();
        foreach (var change in beforeWrite)
        {
            changes[change.Path] = change;
        }
        Save();
    }

    /// <summary>To be called when the plan is on disk.</summary>
    public void Wrote()
    {
        foreach (var change in changes.Values.ToList())
        {
            var mode = change.Mode is ChangedPath.AnyMode ? snapshot!.ModeNow(change.Path) : change.Mode;
            changes[change.Path] = change with { Previous = null, Mode = mode };
            // A file that came and went stays: the folders that were made for it have to go, too.
            if (patched.Contains(change.Path) && change.Before is not null && change.Before == change.After)
            {
                changes.Remove(change.Path);
            }
        }
        Save();
    }

    public Task WatchAsync(Func<Task> command, CancellationToken cancellationToken) =>
        WatchAsync(
            async () =>
            {
                await command();
                return true;
            },
            cancellationToken
        );

    /// <summary>Runs a command and notes what it changed.</summary>
    public async Task<T> WatchAsync<T>(Func<Task<T>> command, CancellationToken cancellationToken)
    {
        var taken = await SnapshotAsync(cancellationToken);
        var before = taken.Compare(cancellationToken);
        Save(underWay: before); // who finds this after a kill can still tell what the command has changed
        try
        {
            return await command();
        }
        finally
        {
            var now = CommandChanges.Add(changes.Values, before, taken.Compare(CancellationToken.None));
            changes.Clear();
            foreach (var change in now)
            {
                changes[change.Path] = change;
            }
            Save();
        }
    }

    /// <summary>To be called when the run is over and its changes stay: an undo can then tell them from what the user changes
    /// later.</summary>
    public void KeepAfter() => snapshot?.KeepAfter(changes.Values);

    /// <summary>Puts everything back that the run changed. A path somebody else has changed since stays as it is, with a notice.</summary>
    public void RollBack(string reason)
    {
        var happened = PutBack(reason);
        Save();
        foreach (var one in happened)
        {
            emit(one);
        }
    }

    /// <summary>
    /// The files' part of <see cref="RollBack"/>, for the end of a run: whether the files are back must not hang on whether that can be
    /// written down.
    /// </summary>
    /// <returns>What there is to tell.</returns>
    public IReadOnlyList<RunEvent> PutBack(string reason)
    {
        if (snapshot is null || changes.Count == 0)
        {
            return [];
        }
        var happened = new List<RunEvent>();
        var result = snapshot.Restore([.. changes.Values]);
        if (result.Conflicts.Count > 0)
        {
            happened.Add(
                new NoticeRaised(
                    Severity.Warning,
                    "Files were changed by somebody else during the run and stay as they are",
                    string.Join(", ", result.Conflicts)
                )
            );
            result = snapshot.Restore([.. changes.Values.Where(change => !result.Conflicts.Contains(change.Path))]);
        }
        foreach (var path in result.Restored)
        {
            changes.Remove(path);
        }
        return [.. happened, new RolledBack(snapshot.Id, reason, result.Restored.Count)];
    }

    /// <summary>Ends a snapshot that is still being taken, which nobody wants any more: it reads the workspace until then.</summary>
    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        if (taking is not null)
        {
            await ((Task)taking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        over.Dispose();
    }

    private async Task<Snapshot> TakeAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        return await take(either.Token);
    }

    private async Task<Snapshot> SnapshotAsync(CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        var taken = await taking!;
        if (snapshot is null)
        {
            snapshot = taken;
            Save();
            emit(new SnapshotTaken(taken.Id, taken.Files));
            if (taken.Skipped.Count > 0)
            {
                emit(
                    new NoticeRaised(
                        Severity.Warning,
                        "Files that could not be put back",
                        $"They are too large, unreadable or no ordinary files: {string.Join(", ", taken.Skipped.Take(10))}"
                    )
                );
            }
        }
        return taken;
    }

    /// <summary>Writes down what the run has changed as of now.</summary>
    public void Save(IReadOnlyList<ChangedPath>? underWay = null)
    {
        if (snapshot is not null)
        {
            record(snapshot.Id, [.. changes.Values], underWay);
        }
    }
}
