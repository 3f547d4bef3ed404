using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>
/// Of a run that works in the workspace itself. Patches are written down before they touch the disk (a kill in between can be undone); what
/// a
/// command
/// changes is the difference between just before and just after it. Everything else that changes meanwhile is the user's and stays.
/// </summary>
/// <param name="root">The workspace.</param>
/// <param name="take">Takes the snapshot; called once.</param>
/// <param name="record">Keeps the snapshot's id, the changes, and while a command runs what differed before it, durably with the
/// run.</param>
internal sealed class PlaceChanges(
    WorkspaceRoot root,
    Func<CancellationToken, Task<Snapshot>> take,
    Action<string, IReadOnlyList<ChangedPath>, IReadOnlyList<ChangedPath>?> record,
    Action<RunEvent> emit
) : RunChanges(record, emit)
{
    private readonly HashSet<string> patched = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource over = new();
    private IReadOnlyList<ChangedPath> beforeWrite = [];
    private Task<Snapshot>? taking;

    public override IReadOnlyList<string> Patched =>
        [
            .. patched
                .Where(path => Changes.TryGetValue(path, out var change) && change is not { Before: null, After: null })
                .Order(StringComparer.Ordinal),
        ];

    public override PatchPlan Patch() => PatchOf(FileActions.Texts(root), path =>
        {
            var place = WorkspacePath.OfDisk(path);
            return (
                Snapshot!.Content(path, Changes[path].Before),
                root.Look(place) is { Kind: EntryKind.File } ? root.Read(place, PathStates.MostText) : null
            );
        });

    /// <summary>Begins to take the snapshot.</summary>
    public override void Begin(CancellationToken cancellationToken) =>
        taking ??= Task.Run(() => TakeAsync(cancellationToken), CancellationToken.None);

    /// <summary>The snapshot exists and holds these paths when this completes.</summary>
    public override async Task BeforeWriteAsync(IReadOnlyList<WorkspacePath> paths, CancellationToken cancellationToken)
    {
        var taken = await SnapshotAsync(cancellationToken);
        taken.Keep(paths);
    }

    public override void WillWrite(PatchPlan plan)
    {
        var coming = Snapshot!.Coming(plan.Writes());
        beforeWrite = [.. Changes.Values];
        foreach (var change in coming)
        {
            patched.Add(change.Path);
            Changes[change.Path] = change.Behind(Changes.GetValueOrDefault(change.Path));
        }
        Save();
    }

    public override void DidNotWrite()
    {
        Changes.Clear();
        foreach (var change in beforeWrite)
        {
            Changes[change.Path] = change;
        }
        Save();
    }

    public override void Wrote(PatchApplied patch)
    {
        foreach (var change in Changes.Values.ToList())
        {
            var mode = change.Mode is ChangedPath.AnyMode ? Snapshot!.ModeNow(change.Path) : change.Mode;
            Changes[change.Path] = change with { Previous = null, Mode = mode };
            // A file that came and went stays: the folders that were made for it have to go, too.
            if (patched.Contains(change.Path) && change.Before is not null && change.Before == change.After)
            {
                Changes.Remove(change.Path);
            }
        }
        Save();
        Emit(patch);
    }

    public override async Task<T> WatchAsync<T>(Func<Task<T>> command, CancellationToken cancellationToken) =>
        await CompareAsync(await SnapshotAsync(cancellationToken), command, cancellationToken);

    public override Task<T> WatchOthersAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) =>
        WatchAsync(work, cancellationToken);

    public override Task RollBackAsync(string reason)
    {
        var happened = PutBack(reason);
        Save();
        foreach (var one in happened)
        {
            Emit(one);
        }
        return Task.CompletedTask;
    }

    /// <summary>Ends a snapshot that is still being taken, which nobody wants any more: it reads the workspace until then.</summary>
    public override async ValueTask DisposeAsync()
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
        if (Snapshot is null)
        {
            Snapshot = taken;
            Save();
            Tell(taken);
        }
        return taken;
    }
}
