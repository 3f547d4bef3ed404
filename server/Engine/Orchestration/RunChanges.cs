using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>
/// What this run changed, and the way back. Patches are written down before they touch the disk (a kill in between can be undone); what a command
/// changes is the difference between just before and just after it. Everything else that changes meanwhile is the user's and stays.
/// </summary>
/// <param name="take">Takes the snapshot; called once.</param>
/// <param name="record">Keeps the snapshot's id and the changes durably with the run.</param>
internal sealed class RunChanges(Func<CancellationToken, Task<Snapshot>> take, Action<string, IReadOnlyList<ChangedPath>> record, Action<RunEvent> emit)
{
    private readonly SortedDictionary<string, ChangedPath> changes = new(StringComparer.Ordinal);
    private readonly HashSet<string> patched = new(StringComparer.Ordinal);
    private Task<Snapshot>? taking;
    private Snapshot? snapshot;

    /// <summary>Paths the run's patches wrote and that differ from the before-state now; what a commit holds.</summary>
    public IReadOnlyList<string> Patched => [.. patched.Where(changes.ContainsKey).Order(StringComparer.Ordinal)];

    /// <summary>Begins to take the snapshot; the model thinks meanwhile.</summary>
    public void Begin(CancellationToken cancellationToken) => taking ??= Task.Run(() => take(cancellationToken), CancellationToken.None);

    /// <summary>The snapshot exists and holds these paths when this completes.</summary>
    public async Task BeforeWriteAsync(IReadOnlyList<WorkspacePath> paths, CancellationToken cancellationToken)
    {
        var taken = await SnapshotAsync(cancellationToken);
        taken.Keep(paths);
    }

    /// <summary>To be called before the plan is on disk.</summary>
    public void WillWrite(PatchPlan plan)
    {
        foreach (var file in plan.Files)
        {
            Note(file.Path, Hash(file.Before), Hash(file.After));
            if (file.From is { } from)
            {
                Note(from, Hash(file.Before), null);
            }
        }
        Save();
    }

    /// <summary>To be called when the plan is on disk.</summary>
    public void Wrote()
    {
        foreach (var change in changes.Values.ToList())
        {
            changes[change.Path] = change with { Previous = null };
            if (patched.Contains(change.Path) && change.Before == change.After)
            {
                changes.Remove(change.Path);
            }
        }
        Save();
    }

    /// <summary>Runs a command and notes what it changed.</summary>
    public async Task<T> WatchAsync<T>(Func<Task<T>> command, CancellationToken cancellationToken)
    {
        var taken = await SnapshotAsync(cancellationToken);
        var before = taken.Compare(cancellationToken).ToDictionary(change => change.Path, StringComparer.Ordinal);
        try
        {
            return await command();
        }
        finally
        {
            NoteCommand(before, taken.Compare(CancellationToken.None));
        }
    }

    /// <summary>To be called when the run is over and its changes stay: an undo can then tell them from what the user changes later.</summary>
    public void KeepAfter() => snapshot?.KeepAfter(changes.Values);

    /// <summary>Puts everything back that the run changed. A path somebody else has changed since stays as it is, with a notice.</summary>
    public void RollBack(string reason)
    {
        if (snapshot is null || changes.Count == 0)
        {
            return;
        }
        var result = snapshot.Restore([.. changes.Values]);
        if (result.Conflicts.Count > 0)
        {
            emit(new NoticeRaised(Severity.Warning, "Files were changed by somebody else during the run and stay as they are", string.Join(", ", result.Conflicts)));
            result = snapshot.Restore([.. changes.Values.Where(change => !result.Conflicts.Contains(change.Path))]);
        }
        foreach (var path in result.Restored)
        {
            changes.Remove(path);
        }
        Save();
        emit(new RolledBack(snapshot.Id, reason, result.Restored.Count));
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
                emit(new NoticeRaised(Severity.Warning, "Files that could not be put back", $"They are too large, unreadable or no ordinary files: {string.Join(", ", taken.Skipped.Take(10))}"));
            }
        }
        return taken;
    }

    private void NoteCommand(Dictionary<string, ChangedPath> before, IReadOnlyList<ChangedPath> after)
    {
        var now = after.ToDictionary(change => change.Path, StringComparer.Ordinal);
        foreach (var path in before.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList())
        {
            var (was, became) = (before.GetValueOrDefault(path), now.GetValueOrDefault(path));
            if (was?.After == became?.After && was is null == became is null)
            {
                continue;
            }
            if (became is null)
            {
                changes.Remove(path);
            }
            else if (was is null || changes.ContainsKey(path))
            {
                changes[path] = became;
            }
        }
        Save();
    }

    private void Note(string path, string? before, string? after)
    {
        patched.Add(path);
        changes[path] = changes.TryGetValue(path, out var known) ? new(path, known.Before, after, Previous: known.After) : new(path, before, after);
    }

    private void Save()
    {
        if (snapshot is not null)
        {
            record(snapshot.Id, [.. changes.Values]);
        }
    }

    private static string? Hash(byte[]? bytes) => bytes is null ? null : WorkspaceRoot.Hash(bytes);
}
