using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Shadows;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>
/// Of a run that works in a shadow: the workspace is written once, when the run is solved. What its patches changed comes first, all or
/// nothing; then what its commands changed beside that.
/// </summary>
/// <param name="begin">Makes the snapshot that is to hold what is overwritten.</param>
/// <param name="take">Makes one of the whole workspace, where others change it while the run works. One of both is called, once.</param>
internal sealed class ShadowChanges(
    IShadow shadow,
    WorkspaceRoot workspace,
    Func<Snapshot> begin,
    Func<CancellationToken, Task<Snapshot>> take,
    Action<string, IReadOnlyList<ChangedPath>, IReadOnlyList<ChangedPath>?> record,
    Action<RunEvent> emit
) : RunChanges(record, emit)
{
    private readonly SortedDictionary<string, Edit> edits = new(StringComparer.Ordinal);
    private readonly List<PatchApplied> patches = [];
    private IReadOnlyDictionary<string, Edit> beforeWrite = new Dictionary<string, Edit>();

    public override IReadOnlyList<string> Patched =>
        [.. edits.Where(edit => edit.Value.Before != edit.Value.After).Select(edit => edit.Key)];

    public override PatchPlan Patch() => PatchOf(FileActions.Texts(shadow.View), path =>
        {
            var place = WorkspacePath.OfDisk(path);
            return (edits[path].Base, shadow.View.Look(place) is { Kind: EntryKind.File } ? Bytes(shadow.View, place) : null);
        });

    public override void WillWrite(PatchPlan plan)
    {
        beforeWrite = edits.ToDictionary(StringComparer.Ordinal);
        var bytes = plan.Changes.ToDictionary(change => change.Path, change => change.Before?.Bytes, StringComparer.Ordinal);
        foreach (var (write, change) in plan.Writes().Zip(ChangedPath.Of(shadow.View, plan.Writes())))
        {
            var known = edits.GetValueOrDefault(change.Path) ?? new(change.Before, bytes.GetValueOrDefault(write.Path.Value), null);
            edits[change.Path] = known with { After = change.After };
        }
    }

    public override void DidNotWrite()
    {
        edits.Clear();
        foreach (var (path, edit) in beforeWrite)
        {
            edits[path] = edit;
        }
    }

    public override void Wrote(PatchApplied patch) => patches.Add(patch);

    /// <summary>It runs in the shadow, and changes nothing of the workspace.</summary>
    public override Task<T> WatchAsync<T>(Func<Task<T>> command, CancellationToken cancellationToken) => command();

    public override async Task<T> WatchOthersAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        if (Snapshot is null)
        {
            Snapshot = await take(cancellationToken);
            Tell(Snapshot);
        }
        return await CompareAsync(Snapshot, work, cancellationToken);
    }

    public override async Task RollBackAsync(string reason)
    {
        var files = Patched.Count;
        await shadow.DiscardAsync();
        edits.Clear();
        patches.Clear();
        Emit(new RolledBack("", reason, files));
    }

    public override async Task<bool> TakeOverAsync(RunServices services, CancellationToken cancellationToken)
    {
        var difference = shadow.Difference(cancellationToken);
        var (ours, commands) = (
            difference.Changes.Where(change => edits.ContainsKey(change.Path.Value)).ToList(),
            difference.Changes.Where(change => !edits.ContainsKey(change.Path.Value)).ToList()
        );
        if (Merge(ours) is { Count: > 0 } merged)
        {
            Emit(
                new NoticeRaised(
                    Severity.Info,
                    "Changed meanwhile",
                    $"Somebody else changed {string.Join(", ", merged)} after the patch was made. Both changes are kept, "
                        + "and tested together."
                )
            );
            return false;
        }
        var isFirst = Snapshot is null;
        Snapshot ??= begin();
        Snapshot.Keep(difference.Changes.Select(change => change.Path));
        if (isFirst)
        {
            Tell(Snapshot);
        }
        var context = services.Context with { Root = workspace };
        await TakePatchesAsync(services, context, ours, cancellationToken);
        await TakeCommandsAsync(services, context, difference with { Changes = commands }, cancellationToken);
        return true;
    }

    private async Task TakePatchesAsync(
        RunServices services,
        ToolContext context,
        IReadOnlyList<LayerChange> changes,
        CancellationToken cancellationToken
    )
    {
        if (changes.Count == 0)
        {
            return;
        }
        Coming(changes);
        try
        {
            var outcome = await services.Tools.RunAsync(RunActions.TakeOver(context, shadow, changes, wasAsked: true), cancellationToken);
            if (outcome.Refused)
            {
                throw new RunStop(StopReason.Forbidden, $"The patch was not written. {outcome.Decision.Reason}");
            }
        }
        catch (WorkspaceException refused) when (!refused.LeftSomething && DiskFault.Find(refused) is null)
        {
            throw new RunStop(StopReason.Forbidden, "not_writable", $"The patch was not written. {refused.Message}");
        }
        patches.ForEach(Emit);
    }

    private async Task TakeCommandsAsync(
        RunServices services,
        ToolContext context,
        ShadowDifference difference,
        CancellationToken cancellationToken
    )
    {
        Coming(difference.Changes);
        var taken = await TakenOver.OfAsync(shadow, difference, services.Tools, context, cancellationToken);
        var files = taken.Files.ToHashSet(StringComparer.Ordinal);
        foreach (var change in difference.Changes.Where(change => !files.Contains(change.Path.Shown)))
        {
            Changes.Remove(change.Path.Value);
        }
        Save();
        if (taken.Files.Count > 0)
        {
            Emit(new NoticeRaised(Severity.Info, "Commands changed files, too", string.Join(", ", taken.Files)));
        }
        if (taken.Left.Count > 0)
        {
            Emit(new NoticeRaised(Severity.Warning, "Not taken over of what commands changed", string.Join(", ", taken.Left)));
        }
    }

    /// <summary>Written down before it happens, so that a kill in between can be undone.</summary>
    private void Coming(IReadOnlyList<LayerChange> changes)
    {
        foreach (var change in changes)
        {
            var path = change.Path.Value;
            Changes[path] = new(
                path,
                PathStates.Of(workspace, change.Before),
                PathStates.Of(shadow.View, change.After),
                Mode: change.After is { Kind: EntryKind.File } file && file.Mode != change.Before?.Mode ? (int)file.Mode : null
            );
        }
        Save();
    }

    /// <summary>What somebody else wrote into the same files since the run read them is brought into the shadow.</summary>
    /// <exception cref="RunStop">forbidden (conflict): the same lines, or one of both made or removed the file.</exception>
    private List<string> Merge(IReadOnlyList<LayerChange> changes)
    {
        List<string> merged = [],
            conflicts = [];
        var texts = FileActions.Texts(workspace);
        foreach (var change in changes)
        {
            var edit = edits[change.Path.Value];
            var now = PathStates.Of(workspace, change.Before);
            if (now == edit.Before)
            {
                continue;
            }
            if (
                edit.Base is { } before
                && change is { Before: { Kind: EntryKind.File }, After: { Kind: EntryKind.File } }
                && ThreeWay.Merge(change.Path.Value, before, Bytes(shadow.View, change.Path), Bytes(workspace, change.Path), texts).Bytes
                    is { } both
            )
            {
                shadow.View.Apply([new(change.Path, WorkspaceRoot.Hash(Bytes(shadow.View, change.Path)), both)]);
                edits[change.Path.Value] = new(now, Bytes(workspace, change.Path), WorkspaceRoot.Hash(both));
                merged.Add(change.Path.Value);
            }
            else
            {
                conflicts.Add(change.Path.Value);
            }
        }
        return conflicts.Count == 0
            ? merged
            : throw new RunStop(
                StopReason.Forbidden,
                "conflict",
                $"Somebody else changed the same lines of {string.Join(", ", conflicts)} while the run worked. Nothing was written; "
                    + "run the task again."
            );
    }

    private static byte[] Bytes(WorkspaceRoot root, WorkspacePath path) => root.Read(path, PathStates.MostBytes);

    /// <summary>A file that a patch of the run wrote.</summary>
    /// <param name="Before">As in <see cref="ChangedPath"/>; what the run found.</param>
    /// <param name="Base">The content of that; null: there was none.</param>
    /// <param name="After">What the run's last patch left.</param>
    private sealed record Edit(string? Before, byte[]? Base, string? After);
}
