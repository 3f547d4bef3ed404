using System.Collections.Concurrent;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Snapshots;

/// <summary>Reads a workspace into the store. Files that are surely as in the snapshot before are not read again.</summary>
internal sealed class SnapshotTaker(WorkspaceRoot root, BlobStore blobs, Manifest? before)
{
    /// <summary>A file that is written twice within the clock's step looks unchanged; so what was touched shortly before is not trusted (as
    /// git does with its index).</summary>
    private static readonly TimeSpan Racy = TimeSpan.FromSeconds(2);

    /// <param name="now">By the clock of the file system.</param>
    public IReadOnlyList<ManifestEntry> Lines(DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<ManifestEntry> lines = [];
        var options = new WalkOptions(
            Codex: false,
            Skipped: path => lines.Add(new(path, EntryState.Skipped)),
            LeftOut: path => lines.Add(new(path.Value, EntryState.LeftOut))
        );
        List<FileFact> read = [];
        foreach (var fact in root.WalkAll(options, cancellationToken))
        {
            if (Known(fact, now) is { } entry)
            {
                lines.Add(entry);
            }
            else
            {
                read.Add(fact);
            }
        }
        var stored = new ConcurrentBag<ManifestEntry>();
        Parallel.ForEach(read, new ParallelOptions { CancellationToken = cancellationToken }, fact =>
        {
            if (Store(root, blobs, fact, PathStates.MostBytes, Stamp(fact, now)) is { } entry)
            {
                stored.Add(entry);
            }
        });
        lines.AddRange(stored);
        return lines;
    }

    /// <summary>Null: it went away meanwhile.</summary>
    public static ManifestEntry? Store(WorkspaceRoot root, BlobStore blobs, FileFact fact, long most, string? stamp = null)
    {
        if (fact.Size > most)
        {
            return new(fact.Path.Value, EntryState.Skipped, (int)fact.Mode);
        }
        try
        {
            using var file = root.OpenHandle(fact.Path);
            return blobs.Put(file, most) is { } hash
                ? new(fact.Path.Value, EntryState.File, (int)fact.Mode, hash, Stamp: stamp)
                : new(fact.Path.Value, EntryState.Skipped, (int)fact.Mode);
        }
        catch (WorkspaceException refused)
        {
            return refused.Code is "missing" ? null : new(fact.Path.Value, EntryState.Skipped, (int)fact.Mode);
        }
    }

    /// <summary>What needs no reading; null: it does.</summary>
    private ManifestEntry? Known(FileFact fact, DateTimeOffset now) =>
        fact.Kind switch
        {
            EntryKind.Folder => new(fact.Path.Value, EntryState.Folder, (int)fact.Mode, PathStates.Folder),
            EntryKind.Link => new(fact.Path.Value, EntryState.Link, (int)fact.Mode, PathStates.OfLink(fact.LinkTarget!), fact.LinkTarget),
            EntryKind.Special => new(fact.Path.Value, EntryState.Skipped, (int)fact.Mode),
            _ when before?.Find(fact.Path.Value) is { Held: EntryState.File, Stamp: { } stamp } entry && stamp == fact.Identity =>
                entry with
                {
                    Mode = (int)fact.Mode,
                    Stamp = Stamp(fact, now),
                },
            _ => null,
        };

    private static string? Stamp(FileFact fact, DateTimeOffset now) =>
        fact.Touched < now - Racy && fact.Changed < now - Racy ? fact.Identity : null;
}
