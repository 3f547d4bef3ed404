using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>
/// What this run changed, and the way back. In a shadow (<see cref="ShadowChanges"/>) that is nothing until the run is solved; else
/// (<see cref="PlaceChanges"/>) it is whatever its patches and commands wrote.
/// </summary>
/// <param name="record">Keeps the snapshot's id, the changes, and while a command runs what differed before it, durably with the
/// run.</param>
internal abstract class RunChanges(Action<string, IReadOnlyList<ChangedPath>, IReadOnlyList<ChangedPath>?> record, Action<RunEvent> emit)
    : IAsyncDisposable
{
    /// <summary>In the workspace, by path.</summary>
    protected SortedDictionary<string, ChangedPath> Changes { get; } = new(StringComparer.Ordinal);

    /// <summary>Null: nothing was to be written yet.</summary>
    protected Snapshot? Snapshot { get; set; }

    protected Action<RunEvent> Emit => emit;

    /// <summary>The workspace is as it was, as far as this run goes.</summary>
    public bool IsUntouched => Snapshot is null || Changes.Count == 0;

    /// <summary>Paths the run's patches wrote and that differ from the before-state now; what a commit holds.</summary>
    public abstract IReadOnlyList<string> Patched { get; }

    /// <summary>What the run's patches made of its files, as one patch; without files that are no text.</summary>
    public abstract PatchPlan Patch();

    /// <param name="content">Before and after of a path; null: nothing is there.</param>
    protected PatchPlan PatchOf(TextFiles texts, Func<string, (byte[]? Before, byte[]? After)> content)
    {
        var changes = new List<DiskChange>();
        foreach (var path in Patched)
        {
            try
            {
                var (before, after) = content(path);
                changes.Add(new(path, VersionOf(texts, path, before), VersionOf(texts, path, after)));
            }
            catch (Exception refused) when (refused is RefusedException or WorkspaceException)
            {
                // No text: there is nothing that a patch could show.
            }
        }
        return new(changes, new Dictionary<string, string>());
    }

    private static FileVersion? VersionOf(TextFiles texts, string path, byte[]? bytes) =>
        bytes is null ? null : new(bytes, texts.Read(path, bytes));

    /// <summary>The model thinks meanwhile.</summary>
    public virtual void Begin(CancellationToken cancellationToken) { }

    /// <summary>These paths can be put back when this completes.</summary>
    public virtual Task BeforeWriteAsync(IReadOnlyList<WorkspacePath> paths, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>To be called before the plan is written, behind <see cref="BeforeWriteAsync"/>.</summary>
    /// <exception cref="WorkspaceException">A path of the plan leads where nobody may write.</exception>
    public abstract void WillWrite(PatchPlan plan);

    /// <summary>To be called instead of <see cref="Wrote"/> when the disk refused the plan and nothing of it was written.</summary>
    public abstract void DidNotWrite();

    /// <summary>To be called when the plan is written.</summary>
    public abstract void Wrote(PatchApplied patch);

    /// <summary>Runs a command of the run and notes what it changed in the workspace.</summary>
    public abstract Task<T> WatchAsync<T>(Func<Task<T>> command, CancellationToken cancellationToken);

    /// <summary>The same for what somebody does who is in no shadow: an MCP server of the user.</summary>
    public abstract Task<T> WatchOthersAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken);

    public Task WatchOthersAsync(Func<Task> work, CancellationToken cancellationToken) =>
        WatchOthersAsync(
            async () =>
            {
                await work();
                return true;
            },
            cancellationToken
        );

    /// <summary>What differs just after the work and not just before it is its doing.</summary>
    protected async Task<T> CompareAsync<T>(Snapshot taken, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var before = taken.Compare(cancellationToken);
        Save(underWay: before); // who finds this after a kill can still tell what the command has changed
        try
        {
            return await work();
        }
        finally
        {
            var now = CommandChanges.Add(Changes.Values, before, taken.Compare(CancellationToken.None));
            Changes.Clear();
            foreach (var change in now)
            {
                Changes[change.Path] = change;
            }
            Save();
        }
    }

    /// <summary>Tells of a snapshot, and of what is not in it.</summary>
    protected void Tell(Snapshot taken)
    {
        Emit(new SnapshotTaken(taken.Id, taken.Files));
        if (taken.Skipped.Count > 0)
        {
            Emit(
                new NoticeRaised(
                    Severity.Warning,
                    "Files that could not be put back",
                    $"They are too large, unreadable or no ordinary files: {string.Join(", ", taken.Skipped.Take(10))}"
                )
            );
        }
    }

    /// <summary>Everything is as before the run again, and it goes on.</summary>
    public abstract Task RollBackAsync(string reason);

    /// <summary>The run is solved: what it changed comes into the workspace, if it is not there yet.</summary>
    /// <returns>False: somebody else had changed the same files, both changes are in the shadow now, and it has to be tested again
    /// first.</returns>
    /// <exception cref="RunStop">forbidden: nothing was written.</exception>
    public virtual Task<bool> TakeOverAsync(RunServices services, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>To be called when the run is over and its changes stay: an undo can then tell them from what the user changes
    /// later.</summary>
    public void KeepAfter() => Snapshot?.KeepAfter(Changes.Values);

    /// <summary>
    /// The files' part of a way back, for the end of a run: whether the files are back must not hang on whether that can be written down. A
    /// path somebody else has changed since stays as it is, with a notice.
    /// </summary>
    /// <returns>What there is to tell.</returns>
    public IReadOnlyList<RunEvent> PutBack(string reason)
    {
        if (IsUntouched)
        {
            return [];
        }
        var happened = new List<RunEvent>();
        var result = Snapshot!.Restore([.. Changes.Values]);
        if (result.Conflicts.Count > 0)
        {
            happened.Add(
                new NoticeRaised(
                    Severity.Warning,
                    "Files were changed by somebody else during the run and stay as they are",
                    string.Join(", ", result.Conflicts)
                )
            );
            result = Snapshot.Restore([.. Changes.Values.Where(change => !result.Conflicts.Contains(change.Path))]);
        }
        foreach (var path in result.Restored)
        {
            Changes.Remove(path);
        }
        return [.. happened, new RolledBack(Snapshot.Id, reason, result.Restored.Count)];
    }

    /// <summary>Writes down what the run has changed as of now.</summary>
    public void Save(IReadOnlyList<ChangedPath>? underWay = null)
    {
        if (Snapshot is not null)
        {
            record(Snapshot.Id, [.. Changes.Values], underWay);
        }
    }

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
