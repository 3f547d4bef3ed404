using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Snapshots;

/// <summary>Compares every path with what must be there, then makes one batch of what has to change.</summary>
/// <param name="merged">Files that get another content than the snapshot's, because they hold somebody else's changes: by path, with what
/// must be there now.</param>
internal sealed class SnapshotRestore(WorkspaceRoot root, Manifest manifest, BlobStore blobs, IReadOnlyDictionary<string, FileWrite> merged)
{
    private const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly List<string> restored = [];
    private readonly RestoredModes whose = new();
    private readonly SortedSet<string> conflicts = new(StringComparer.Ordinal);
    private readonly Dictionary<WorkspacePath, BatchStep> steps = [];
    private readonly Dictionary<WorkspacePath, UnixFileMode> modes = [];

    // Apart from the files, because a folder and a file can change places at one path.
    private readonly HashSet<WorkspacePath> made = [],
        dropped = [],
        needed = [];
    private IReadOnlyList<(ChangedPath Change, WorkspacePath Path)> targets = [];
    private HashSet<string> named = [];

    /// <summary>What <see cref="Run"/> would do; nothing is changed.</summary>
    public RestoreResult Plan(IReadOnlyList<ChangedPath> changes)
    {
        var changed = changes.Select(change => WorkspacePath.OfDisk(change.Path.TrimEnd('/'))).ToHashSet();
        targets = [.. changes.Select(change => (change, PathOf(change, changed)))];
        named = [.. targets.Where(target => !IsFolder(target.Change)).Select(target => target.Path.Value)];
        foreach (var (change, path) in targets)
        {
            if (IsFolder(change) ? PlanFolder(change, path) : PlanFile(change, path))
            {
                restored.Add(change.Path);
            }
        }
        // Also above what is gone already: a restore that was killed may have come just so far.
        foreach (var (_, path) in targets.Where(target => target.Change.Before is null))
        {
            DropFoldersAbove(path);
        }
        return conflicts.Count > 0 ? new([], [.. conflicts]) : new(restored, []) { KeptModes = whose.Kept, LostModes = whose.Lost };
    }

    /// <summary>Removes what killed batches have left. Before anything is planned: it may be another name of a file that has to be put
    /// back, which looks touched afterwards.</summary>
    public void RemoveStaged(IReadOnlyList<ChangedPath> changes) =>
        root.RemoveStaged([
            WorkspacePath.Root,
            .. Folders(),
            .. changes.Select(change => WorkspacePath.OfDisk(change.Path.TrimEnd('/')).Parent),
        ]);

    /// <summary>Does what was planned, when there was no conflict.</summary>
    public void Run()
    {
        KeepOverwritten();
        root.Run([
            .. steps.Values,
            .. made.Select(path => new MakeFolder(path, modes.TryGetValue(path, out var mode) ? mode | Passable : null)),
            .. dropped.Select(path => new RemoveFolder(path)),
            .. modes.Select(mode => new SetMode(mode.Key, mode.Value)),
        ]);
    }

    private static bool IsFolder(ChangedPath change) => change.Path.EndsWith('/');

    /// <summary>
    /// A path is meant as it is when it is a folder, when the snapshot knows it, or when a folder above changed kind with it. Else it may
    /// have come through a link: then what the link
    /// leads to was changed.
    /// </summary>
    private WorkspacePath PathOf(ChangedPath change, HashSet<WorkspacePath> changed)
    {
        var path = WorkspacePath.OfDisk(change.Path.TrimEnd('/'));
        if (IsFolder(change) || BatchOrder.Above(path).Any(changed.Contains))
        {
            return path;
        }
        path = manifest.Find(path.Value) is null ? root.Place(path) : path;
        return
            manifest.Find(path.Value) is { } known
            && (
                known.Held is EntryState.Link ? known.State != change.Before : known.Held is EntryState.Nothing && change.Before is not null
            )
            && root.Look(path) is { Kind: EntryKind.Link }
            ? root.Resolve(path)
            : path;
    }

    /// <returns>True: something has to be done.</returns>
    private bool PlanFile(ChangedPath change, WorkspacePath path)
    {
        var fact = PathStates.Look(root, path);
        var now = PathStates.Of(root, fact);
        if (merged.TryGetValue(change.Path, out var write) && fact is { Kind: EntryKind.File } && now == write.ExpectedSha256)
        {
            return PlanMerged(change, path, fact, write.Bytes!);
        }
        if (
            (now != change.Before && now != change.After && (change.Previous is null || now != change.Previous))
            || !TryFind(change, path, out var target)
        )
        {
            conflicts.Add(change.Path);
            return false;
        }
        if (now == change.Before)
        {
            return target is { Held: EntryState.File or EntryState.Version } && SetMode(change, path, fact!, target);
        }
        if (target is null)
        {
            whose.Removed(change, fact!);
            steps[path] = new RemoveFile(path, fact!);
            return true;
        }
        if (fact is { Kind: EntryKind.Folder })
        {
            DropFolder(path);
        }
        MakeFoldersAbove(path);
        var old = fact is { Kind: EntryKind.Folder } ? null : fact;
        steps[path] =
            target.Held is EntryState.Link
                ? new PutLink(path, old, target.Target!)
                : new PutFile(path, old, () => blobs.Open(target.State!), whose.ModeOf(change, old, target));
        return true;
    }

    private bool PlanMerged(ChangedPath change, WorkspacePath path, FileFact fact, byte[] bytes)
    {
        var target = change.Before is null ? null : manifest.Find(path.Value, change.Before);
        if (WorkspaceRoot.Hash(bytes) == merged[change.Path].ExpectedSha256)
        {
            return target is not null && SetMode(change, path, fact, target);
        }
        var mode = target is null ? null : whose.ModeOf(change, fact, target);
        steps[path] = new PutFile(path, fact, () => new MemoryStream(bytes, writable: false), mode);
        return true;
    }

    /// <returns>True: something has to be done.</returns>
    private bool SetMode(ChangedPath change, WorkspacePath path, FileFact fact, ManifestEntry target)
    {
        if (whose.ModeOf(change, fact, target) is not { } mode || mode == fact.Mode)
        {
            return false;
        }
        modes[path] = mode;
        return true;
    }

    /// <param name="target">Null: nothing was there.</param>
    private bool TryFind(ChangedPath change, WorkspacePath path, out ManifestEntry? target)
    {
        target = change.Before is null ? null : manifest.Find(path.Value, change.Before);
        return change.Before is null
            // Of what was left out nobody knows whether it was there.
            ? manifest.Find(path.Value) is { } known
                ? known.Held is not EntryState.Skipped
                : !manifest.IsLeftOut(path.Value)
            : target is { Held: EntryState.Link }
                || (target is { Held: EntryState.File or EntryState.Version } && blobs.Has(target.State!));
    }

    private bool PlanFolder(ChangedPath change, WorkspacePath path)
    {
        var fact = PathStates.Look(root, path);
        var isThere = fact is { Kind: EntryKind.Folder };
        if (change.Before is null)
        {
            if (isThere)
            {
                dropped.Add(path);
            }
            return isThere;
        }
        if (manifest.Find(path.Value) is not { Held: EntryState.Folder } known)
        {
            conflicts.Add(change.Path);
            return false;
        }
        if (isThere)
        {
            return SetMode(change, path, fact!, known);
        }
        MakeFoldersAbove(path);
        MakeFolder(path);
        modes[path] = (UnixFileMode)known.Mode;
        return true;
    }

    private void MakeFoldersAbove(WorkspacePath path)
    {
        foreach (var folder in BatchOrder.Above(path))
        {
            needed.Add(folder);
            MakeFolder(folder);
        }
    }

    private void MakeFolder(WorkspacePath path)
    {
        needed.Add(path);
        var fact = PathStates.Look(root, path);
        if (fact is { Kind: EntryKind.Folder } || !made.Add(path))
        {
            return;
        }
        if (fact is not null && !named.Contains(path.Value))
        {
            conflicts.Add(path.Value); // somebody put a file where the folder was
        }
        if (manifest.Find(path.Value) is { Held: EntryState.Folder } known)
        {
            modes.TryAdd(path, (UnixFileMode)known.Mode);
        }
    }

    /// <summary>A folder that has to give way to a file: all in it must be the run's own.</summary>
    private void DropFolder(WorkspacePath path)
    {
        foreach (var entry in root.List(path))
        {
            if (entry.Kind is EntryKind.Folder)
            {
                DropFolder(entry.Path);
            }
            else if (!named.Contains(entry.Path.Value))
            {
                conflicts.Add(entry.Path.Value);
            }
        }
        dropped.Add(path);
    }

    private void DropFoldersAbove(WorkspacePath path)
    {
        foreach (var folder in BatchOrder.Above(path))
        {
            if (
                !needed.Contains(folder)
                && manifest.Find(folder.Value) is not { Held: EntryState.Folder }
                && PathStates.Look(root, folder) is { Kind: EntryKind.Folder }
            )
            {
                dropped.Add(folder);
            }
        }
    }

    /// <summary>What the restore takes away can be had again by hand, as long as the snapshot is in the store.</summary>
    private void KeepOverwritten()
    {
        List<ManifestEntry> lines = [];
        foreach (
            var old in steps.Values.Select(step =>
                step switch
                {
                    PutFile put => put.Old,
                    PutLink put => put.Old,
                    RemoveFile remove => remove.Old,
                    _ => null,
                }
            )
        )
        {
            if (
                old is { Kind: EntryKind.File }
                && SnapshotTaker.Store(root, blobs, old, long.MaxValue) is { Held: EntryState.File } now
                && manifest.Find(old.Path.Value, now.State) is null
            )
            {
                lines.Add(now with { Held = EntryState.Version });
            }
        }
        if (lines.Count > 0)
        {
            blobs.Flush();
            manifest.Append(lines);
        }
    }

    private IEnumerable<WorkspacePath> Folders() =>
        root.WalkAll(new(Codex: false), CancellationToken.None).Where(fact => fact.Kind is EntryKind.Folder).Select(fact => fact.Path);
}
