using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Snapshots;

/// <summary>The workspace as it was at one moment: every file and link of the walk, plus what was kept one by one.</summary>
internal sealed class Snapshot(SnapshotStore store, WorkspaceRoot root, Manifest manifest)
{
    private readonly Lock gate = new();

    public string Id => manifest.Head.Id;

    /// <summary>How many files it holds.</summary>
    public int Files => manifest.Entries.Values.Count(entry => entry.Held is EntryState.File or EntryState.Link);

    /// <summary>Paths that were there and are not in it, so they cannot be put back: no right to read them, larger than
    /// <see cref="PathStates.MostBytes"/>, special files, names that are no text.</summary>
    public IReadOnlyList<string> Skipped =>
        [
            .. manifest
                .Entries.Values.Where(entry => entry.Held is EntryState.Skipped)
                .Select(entry => entry.Path)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>
    /// Adds the present state of paths the walk leaves out (ignored files) or that do not exist yet; on disk when it returns. Of a known
    /// path the present
    /// content is kept beside the one of the snapshot when somebody has changed it since.
    /// </summary>
    /// <exception cref="IOException">The store cannot be written: nothing may be changed then.</exception>
    public void Keep(IEnumerable<WorkspacePath> paths)
    {
        using var access = store.Use(CancellationToken.None);
        lock (gate)
        {
            Append(new SnapshotKeeper(root, manifest, store.Blobs).Lines(paths));
        }
    }

    /// <summary>
    /// Keeps what the run left at these paths, so that what somebody changes there later can be told from what the run changed. Not: links,
    /// files over
    /// <see cref="PathStates.MostText"/> bytes, and what is not as the run left it.
    /// </summary>
    public void KeepAfter(IEnumerable<ChangedPath> changes)
    {
        try
        {
            using var access = store.Use(CancellationToken.None);
            lock (gate)
            {
                Append(new SnapshotKeeper(root, manifest, store.Blobs).After(changes));
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // A full disk: the change stands all the same, only an undo will not be able to join later changes with its own.
        }
    }

    /// <summary>What a path held in this state. Null: that is not in the store, is no file, or is over <see cref="PathStates.MostText"/>
    /// bytes.</summary>
    public byte[]? Content(string path, string? state)
    {
        using var access = store.Use(CancellationToken.None);
        if (manifest.Find(path, state) is not { Held: EntryState.File or EntryState.Version } || !store.Blobs.Has(state!))
        {
            return null;
        }
        using var stream = store.Blobs.Open(state!);
        using var copy = new MemoryStream();
        if (stream.Length <= PathStates.MostText)
        {
            stream.CopyTo(copy);
        }
        return stream.Length <= PathStates.MostText ? copy.ToArray() : null;
    }

    /// <summary>What writes are about to change, by the names the snapshot has.</summary>
    /// <exception cref="WorkspaceException">A path leads where nobody may write.</exception>
    public IReadOnlyList<ChangedPath> Coming(IEnumerable<FileWrite> writes) => ChangedPath.Of(root, writes);

    /// <summary>What the path was at the moment of the snapshot, as in <see cref="ChangedPath"/>.</summary>
    public string? StateOf(string path) => Contents.GetValueOrDefault(path);

    /// <summary>Null: no file is there.</summary>
    public int? ModeNow(string path) =>
        PathStates.Look(root, WorkspacePath.OfDisk(path)) is { Kind: EntryKind.File } fact ? (int)fact.Mode : null;

    /// <summary>What differs from the snapshot now.</summary>
    public IReadOnlyList<ChangedPath> Compare(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return new SnapshotDiff(root, manifest).Changes(cancellationToken);
        }
    }

    /// <summary>What differs between this snapshot and a later one; paths one of them was not allowed to hold are left out.</summary>
    public IReadOnlyList<ChangedPath> Compare(Snapshot later) =>
        [
            .. Contents
                .Keys.Union(later.Contents.Keys, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Where(path => !IsLeftOut(path) && !later.IsLeftOut(path))
                .Select(path => new ChangedPath(path, Contents.GetValueOrDefault(path), later.Contents.GetValueOrDefault(path)))
                .Where(change => change.Before != change.After),
        ];

    /// <summary>
    /// Puts the given paths back to <c>Before</c>, with mode and link target, all or nothing; what did not exist is removed, with folders
    /// that become empty and did
    /// not exist. What is overwritten stays in the store. A path that is at <c>Before</c> already is no conflict, so that a restore that
    /// was killed is completed by the
    /// next one; what a killed batch left is removed (nobody else may be writing meanwhile).
    /// </summary>
    /// <param name="changes">From <see cref="Compare"/>, or the run's record; <c>After</c> is what must be there now.</param>
    /// <param name="merged">Of the changed files, those that get another content than the snapshot's; with the state that must be there
    /// now.</param>
    /// <exception cref="WorkspaceException">io, conflict: it failed on the way and was undone.</exception>
    /// <exception cref="IOException">The store cannot be read or written; nothing is changed.</exception>
    public RestoreResult Restore(IReadOnlyList<ChangedPath> changes, IReadOnlyDictionary<string, FileWrite>? merged = null)
    {
        using var access = store.Use(CancellationToken.None);
        lock (gate)
        {
            var restoring = new SnapshotRestore(root, manifest, store.Blobs, merged ?? Nothing);
            restoring.RemoveStaged(changes);
            var result = restoring.Plan(changes);
            if (result.Conflicts.Count == 0)
            {
                restoring.Run();
            }
            return result;
        }
    }

    /// <summary>What <see cref="Restore"/> would do now.</summary>
    public RestoreResult Plan(IReadOnlyList<ChangedPath> changes, IReadOnlyDictionary<string, FileWrite>? merged = null)
    {
        using var access = store.Use(CancellationToken.None);
        lock (gate)
        {
            return new SnapshotRestore(root, manifest, store.Blobs, merged ?? Nothing).Plan(changes);
        }
    }

    private static IReadOnlyDictionary<string, FileWrite> Nothing { get; } = new Dictionary<string, FileWrite>();

    private Dictionary<string, string?> Contents =>
        field ??= manifest
            .Entries.Values.Where(entry => entry.Held is EntryState.File or EntryState.Link)
            .ToDictionary(entry => entry.Path, entry => entry.State, StringComparer.Ordinal);

    /// <summary>What was kept by itself is known, also where the rest is not.</summary>
    private bool IsLeftOut(string path) =>
        manifest.Find(path) is { } kept
            ? kept.Held is EntryState.Skipped || (manifest.IsWhole && manifest.IsLeftOut(path))
            : manifest.IsLeftOut(path);

    private void Append(IReadOnlyList<ManifestEntry> lines)
    {
        if (lines.Count > 0)
        {
            store.Blobs.Flush();
            manifest.Append(lines);
        }
    }
}
