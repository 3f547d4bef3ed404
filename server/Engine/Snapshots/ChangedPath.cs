using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Snapshots;

/// <summary>
/// A path with other content, kind or mode than in the snapshot. A state is the SHA-256 in hex of the content, or null where the path did
/// not or does not exist;
/// of a link, the SHA-256 of <c>link to </c> and its target. Equal states: only the mode differs. The path of a folder ends with <c>/</c>
/// and its state is <c>folder</c>; folders are named when they were or are empty, or have another mode. After a run there can also be
/// <c>special</c> (a FIFO, a socket)
/// and <c>unreadable</c>.
/// </summary>
/// <param name="Previous">What the run had left there before the write that <paramref name="After"/> is about; after a kill in the middle
/// of that write it may still be there.</param>
/// <param name="Mode">The mode bits the run left there; null: it did not touch them, so they are the user's.</param>
internal sealed record ChangedPath(string Path, string? Before, string? After, string? Previous = null, int? Mode = null)
{
    /// <summary>The run is about to make the file: whatever mode it has then is the run's.</summary>
    public const int AnyMode = -1;

    /// <summary>
    /// What writes are about to change, by the names on disk: what is written through a link changes where that leads. A record by the
    /// link's name could not be compared with a snapshot (<c>UndoSpecs</c> has the case).
    /// </summary>
    public static IReadOnlyList<ChangedPath> Of(WorkspaceRoot root, IEnumerable<FileWrite> writes) =>
        [.. writes.Select(write => Of(root, write))];

    /// <summary>This write after what the run had done to the path by then.</summary>
    public ChangedPath Behind(ChangedPath? known) =>
        known is null ? this : this with { Before = known.Before, Previous = known.After, Mode = Mode ?? known.Mode };

    private static ChangedPath Of(WorkspaceRoot root, FileWrite write)
    {
        var path = root.PlaceOf(write);
        // A link that goes had its target, and not the content that the patch was made for.
        var before =
            write.Bytes is null && root.Look(path) is { LinkTarget: { } target } ? PathStates.OfLink(target) : write.ExpectedSha256;
        return new(path.Value, before, write.Bytes is null ? null : WorkspaceRoot.Hash(write.Bytes), Mode: before is null ? AnyMode : null);
    }
}
