using CodexSidecar.Contracts;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Revisions;

/// <summary>
/// What a run's own events say it wrote. Earlier versions kept no record of what was written through a link, and a run that wrote must
/// never be told as one that changed nothing (<c>UndoSpecs</c>).
/// </summary>
internal static class ToldWrites
{
    /// <summary>Whether the record says that nothing was changed.</summary>
    public static bool AreMissingIn(RunRecord record) =>
        record is { Undone: false, Stop: not null, UnderWay: null, Changes.Count: 0, SnapshotId.Length: > 0 };

    /// <param name="snapshot">Null: it is not in the store any more, so that nobody knows what was there.</param>
    /// <returns>Empty: the run wrote nothing, or put it back.</returns>
    public static IReadOnlyList<ChangedPath> Of(RunFolder run, WorkspaceRoot root, Snapshot? snapshot)
    {
        var changes = new SortedDictionary<string, ChangedPath>(StringComparer.Ordinal);
        var proposed = new Dictionary<string, PatchProposed>(StringComparer.Ordinal);
        foreach (
            var happened in EventLog.Read(run.Events).Where(happened => happened.RunId == run.RunId).Select(happened => happened.Event)
        )
        {
            switch (happened)
            {
                case RolledBack:
                    changes.Clear();
                    break;
                case PatchProposed patch:
                    proposed[patch.PatchId] = patch;
                    break;
                case PatchApplied applied:
                    foreach (
                        var (path, state) in applied.Files.SelectMany(file => Paths(file, proposed.GetValueOrDefault(applied.PatchId)))
                    )
                    {
                        var name = NameOf(root, path, isThere: state is not null);
                        changes[name] = new(name, snapshot?.StateOf(name), state);
                    }
                    break;
            }
        }
        return [.. changes.Values.Where(change => change.Before != change.After)];
    }

    private static IEnumerable<(string Path, string? State)> Paths(AppliedFile file, PatchProposed? proposed)
    {
        yield return (file.Path, file.Sha256);
        if (file.Change is FileChange.Moved && proposed?.Files.FirstOrDefault(one => one.Path == file.Path)?.From is { } from)
        {
            yield return (from, null);
        }
    }

    private static string NameOf(WorkspaceRoot root, string path, bool isThere)
    {
        var names = PathStates.Names(root, WorkspacePath.OfDisk(path)).ToList();
        return (isThere ? names[^1] : names[0]).Value;
    }
}
