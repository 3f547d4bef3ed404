using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Snapshots;

/// <summary>Whose the mode of a path is that is put back: the run's goes back with it, one that somebody gave since stays.</summary>
internal sealed class RestoredModes
{
    private readonly List<string> kept = [];
    private readonly List<string> lost = [];

    public IReadOnlyList<string> Kept => kept;

    public IReadOnlyList<string> Lost => lost;

    /// <param name="now">Null: nothing is there, or nothing that has a mode of its own.</param>
    /// <returns>The mode the path gets; null: the one it has.</returns>
    public UnixFileMode? ModeOf(ChangedPath change, FileFact? now, ManifestEntry before)
    {
        var mode = (UnixFileMode)before.Mode;
        if (now is not { Kind: EntryKind.File or EntryKind.Folder } || now.Mode == mode || IsOfRun(change, now))
        {
            return mode;
        }
        kept.Add(change.Path);
        return null;
    }

    /// <summary>A file that the run made goes, whatever its mode is by now; that is said.</summary>
    public void Removed(ChangedPath change, FileFact now)
    {
        if (now.Kind is EntryKind.File && change.Mode is not null && !IsOfRun(change, now))
        {
            lost.Add(change.Path);
        }
    }

    private static bool IsOfRun(ChangedPath change, FileFact now) =>
        change.Mode is { } left
            ? left is ChangedPath.AnyMode || left == (int)now.Mode
            // Without a mode, but equal states: written down before modes were, and a mode is all that can have changed. A folder that the
            // run removed: a restore that was killed has made it, and had no time to give it its mode.
            : change.Before == change.After || (change.After is null && now.Kind is EntryKind.Folder);
}
