using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Snapshots;

/// <summary>Walks the workspace again and says what differs from a snapshot.</summary>
internal sealed class SnapshotDiff(WorkspaceRoot root, Manifest manifest)
{
    private readonly List<ChangedPath> changes = [];
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private HashSet<string>? parents;

    public IReadOnlyList<ChangedPath> Changes(CancellationToken cancellationToken)
    {
        var now = manifest.IsWhole ? root.WalkAll(new(Codex: false), cancellationToken).ToList() : [];
        var full = ParentsOf(now.Select(fact => fact.Path.Value));
        foreach (var fact in now)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Compare(fact, full.Contains(fact.Path.Value));
        }
        CompareUnseen();
        changes.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
        return changes;
    }

    private void Compare(FileFact fact, bool isFull)
    {
        seen.Add(fact.Path.Value);
        var known = manifest.Find(fact.Path.Value);
        if (fact.Kind is EntryKind.Folder)
        {
            CompareFolder(fact, known, isFull);
        }
        else if (known is not { Held: EntryState.Skipped } && (known is not null || !manifest.IsLeftOut(fact.Path.Value)))
        {
            CompareFile(fact, known);
        }
    }

    private void CompareFolder(FileFact fact, ManifestEntry? known, bool isFull)
    {
        if (known is { Held: EntryState.Folder } && known.Mode != (int)fact.Mode)
        {
            changes.Add(new(fact.Path.Value + "/", PathStates.Folder, PathStates.Folder, Mode: (int)fact.Mode));
        }
        else if (
            known is null or { Held: not EntryState.Folder and not EntryState.Skipped }
            && !isFull
            && !manifest.IsLeftOut(fact.Path.Value)
        )
        {
            changes.Add(new(fact.Path.Value + "/", null, PathStates.Folder));
        }
        if (known is { Held: EntryState.File or EntryState.Link })
        {
            changes.Add(new(fact.Path.Value, known.State, null));
        }
    }

    private void CompareFile(FileFact fact, ManifestEntry? known)
    {
        var before = known is { Held: EntryState.File or EntryState.Link } ? known.State : null;
        if (known is { Held: EntryState.File, Stamp: { } stamp } && stamp == fact.Identity)
        {
            return;
        }
        var after = PathStates.Of(root, fact);
        // The mode of a link means nothing.
        if (before != after || (known is { Held: EntryState.File } && known.Mode != (int)fact.Mode))
        {
            changes.Add(new(fact.Path.Value, before, after, Mode: fact.Kind is EntryKind.File ? (int)fact.Mode : null));
        }
        if (known is { Held: EntryState.Folder } && !HadEntries(known.Path))
        {
            changes.Add(new(known.Path + "/", PathStates.Folder, null));
        }
    }

    /// <summary>What the walk did not come to: it is gone, or left out now, or was left out and kept.</summary>
    private void CompareUnseen()
    {
        foreach (var known in manifest.Entries.Values.Where(entry => entry.Held is not EntryState.Skipped && !seen.Contains(entry.Path)))
        {
            var fact = PathStates.Look(root, WorkspacePath.OfDisk(known.Path));
            if (known.Held is EntryState.Folder)
            {
                if (fact is not { Kind: EntryKind.Folder } && !HadEntries(known.Path))
                {
                    changes.Add(new(known.Path + "/", PathStates.Folder, null));
                }
            }
            else if (fact is { Kind: EntryKind.File or EntryKind.Special or EntryKind.Link })
            {
                CompareFile(fact, known);
            }
            else if (known.Held is not EntryState.Nothing)
            {
                changes.Add(new(known.Path, known.State, null));
            }
        }
    }

    private bool HadEntries(string folder) =>
        (
            parents ??= ParentsOf(manifest.Entries.Values.Where(entry => entry.Held is not EntryState.Nothing).Select(entry => entry.Path))
        ).Contains(folder);

    private static HashSet<string> ParentsOf(IEnumerable<string> paths) =>
        [.. paths.Where(path => path.Contains('/')).Select(path => path[..path.LastIndexOf('/')])];
}
