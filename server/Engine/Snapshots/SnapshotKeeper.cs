using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Snapshots;

/// <summary>Adds single paths to a snapshot: what is at them before somebody writes there, and which folders above them exist.</summary>
internal sealed class SnapshotKeeper(WorkspaceRoot root, Manifest manifest, BlobStore blobs)
{
    private readonly Dictionary<(string Path, string? State), ManifestEntry> lines = [];

    public IReadOnlyList<ManifestEntry> Lines(IEnumerable<WorkspacePath> paths)
    {
        foreach (var path in paths)
        {
            Keep(root.Place(path), follow: true);
        }
        return [.. lines.Values];
    }

    /// <summary>What a run left.</summary>
    public IReadOnlyList<ManifestEntry> After(IEnumerable<ChangedPath> changes)
    {
        foreach (
            var change in changes.Where(change =>
                change.After is not (null or PathStates.Folder) && manifest.Find(change.Path, change.After) is null
            )
        )
        {
            if (
                PathStates.Look(root, WorkspacePath.OfDisk(change.Path)) is { Kind: EntryKind.File } fact
                && SnapshotTaker.Store(root, blobs, fact, PathStates.MostText) is { Held: EntryState.File } now
                && now.State == change.After
            )
            {
                Add(now with { Held = EntryState.Version });
            }
        }
        return [.. lines.Values];
    }

    /// <summary>A link that is written leads to its target, so that one is kept as well.</summary>
    private void Keep(WorkspacePath path, bool follow)
    {
        var fact = root.Look(path);
        if (manifest.Find(path.Value) is not { } known)
        {
            KeepFolders(path);
            KeepUnknown(path, fact);
        }
        else if (
            known is { Held: EntryState.File or EntryState.Nothing }
            && fact is { Kind: EntryKind.File }
            && known.Stamp != fact.Identity
            && SnapshotTaker.Store(root, blobs, fact, PathStates.MostBytes) is { Held: EntryState.File } now
            && manifest.Find(path.Value, now.State) is null
        )
        {
            Add(now with { Held = EntryState.Version });
        }
        if (follow && fact is { Kind: EntryKind.Link } && PathStates.Follow(root, path) is { } target)
        {
            Keep(target, follow: false);
        }
    }

    /// <summary>Where no ignore file has a say the snapshot has seen all there was: what is there now has come since, and goes with an
    /// undo.</summary>
    private void KeepUnknown(WorkspacePath path, FileFact? fact)
    {
        var entry = Entry(path, fact);
        if (entry.Held is EntryState.Skipped || manifest.IsLeftOut(path.Value))
        {
            Add(entry);
            return;
        }
        Add(new(path.Value, EntryState.Nothing));
        if (entry.Held is EntryState.File)
        {
            Add(entry with { Held = EntryState.Version });
        }
    }

    private void KeepFolders(WorkspacePath path)
    {
        for (var folder = path.Parent; !folder.IsRoot && manifest.Find(folder.Value) is null; folder = folder.Parent)
        {
            var fact = manifest.IsLeftOut(folder.Value) && root.Look(folder) is { Kind: EntryKind.Folder } there ? there : null;
            Add(
                fact is null
                    ? new(folder.Value, EntryState.Nothing)
                    : new(folder.Value, EntryState.Folder, (int)fact.Mode, PathStates.Folder)
            );
        }
    }

    private ManifestEntry Entry(WorkspacePath path, FileFact? fact) =>
        fact switch
        {
            null => new(path.Value, EntryState.Nothing),
            { Kind: EntryKind.Folder } => new(path.Value, EntryState.Folder, (int)fact.Mode, PathStates.Folder),
            { LinkTarget: { } target } => new(path.Value, EntryState.Link, (int)fact.Mode, PathStates.OfLink(target), target),
            { Kind: EntryKind.Special } => new(path.Value, EntryState.Skipped, (int)fact.Mode),
            _ => SnapshotTaker.Store(root, blobs, fact, PathStates.MostBytes) ?? new(path.Value, EntryState.Nothing),
        };

    private void Add(ManifestEntry entry) => lines.TryAdd((entry.Path, entry.State), entry);
}
