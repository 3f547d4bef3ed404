using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Revisions;

/// <summary>
/// Hunks of a patch that is on disk, decided after the run: a rejected one is taken out by a three-way merge, an accepted one put back in.
/// What the user
/// wrote in other lines stays; where it is the same lines, the hunk is a conflict and stays as it is.
/// </summary>
internal sealed class HunkRevision
{
    private readonly Revision revision;
    private readonly PatchProposed patch;
    private readonly string runId;
    private readonly RunFolder folder;
    private readonly RunRecord record;
    private readonly Snapshot? before;
    private readonly RevisedFiles files;
    private readonly Dictionary<string, PatchText> texts;
    private readonly List<HunkConflict> conflicts = [];
    private readonly List<HunkDecision> done = [];
    private HashSet<string> leftOut;

    private HunkRevision(Revision revision, EventEnvelope proposed, RunFolder folder, RunRecord record, HashSet<string> leftOut)
    {
        (this.revision, this.folder, this.record, this.leftOut) = (revision, folder, record, leftOut);
        (patch, runId) = ((PatchProposed)proposed.Event, proposed.RunId);
        before = record.SnapshotId.Length == 0 ? null : revision.Store.Open(record.SnapshotId, revision.Root);
        files = new(revision.Root, before, record.Changes);
        texts = folder.ReadTexts(patch.PatchId).ToDictionary(text => text.Path, StringComparer.Ordinal);
    }

    /// <param name="runId">Null: the newest run with this patch.</param>
    /// <exception cref="UnknownItemException"><c>patch</c>: there is none on disk with this id; <c>hunk</c>: one is unknown or decided
    /// twice.</exception>
    public static HunkRevision Of(Revision revision, string? runId, string patchId, IReadOnlyList<HunkDecision> decisions)
    {
        var events = revision.Events().ToList();
        var at = events.FindLastIndex(happened =>
            happened.Event is PatchProposed one && one.PatchId == patchId && (runId is null || happened.RunId == runId)
        );
        var folder = at < 0 ? null : revision.Runs.FirstOrDefault(run => run.RunId == events[at].RunId);
        var since =
            at < 0 ? [] : events.Skip(at).Where(happened => happened.RunId == events[at].RunId).Select(happened => happened.Event).ToList();
        var isOnDisk =
            since.FindLastIndex(happened => happened is PatchApplied applied && applied.PatchId == patchId)
            > since.FindLastIndex(happened => happened is RolledBack);
        if (!isOnDisk || folder?.Read() is not { Undone: false } record)
        {
            throw new UnknownItemException("patch", $"There is no patch {patchId} on disk.");
        }
        var known = ((PatchProposed)events[at].Event)
            .Files.SelectMany(file => file.Hunks)
            .Select(hunk => hunk.HunkId)
            .ToHashSet(StringComparer.Ordinal);
        if (
            decisions.Any(decision => !known.Contains(decision.HunkId))
            || decisions.DistinctBy(decision => decision.HunkId).Count() != decisions.Count
        )
        {
            throw new UnknownItemException("hunk", "A hunk is unknown, or decided twice.");
        }
        var leftOut = new HashSet<string>(StringComparer.Ordinal);
        foreach (
            var decision in since
                .OfType<HunksDecided>()
                .Where(decided => decided.PatchId == patchId)
                .SelectMany(decided => decided.Decisions)
        )
        {
            _ = decision.Accept ? leftOut.Remove(decision.HunkId) : leftOut.Add(decision.HunkId);
        }
        return new(revision, events[at], folder, record, leftOut);
    }

    public async Task<DecideResult> DoAsync(IReadOnlyList<HunkDecision> decisions, CancellationToken cancellationToken)
    {
        foreach (var decision in decisions)
        {
            if (Problem(decision) is { } problem)
            {
                conflicts.Add(new(decision.HunkId, problem));
            }
            else
            {
                done.Add(decision);
            }
        }
        var written = await WriteAsync(cancellationToken);
        return new(
            [.. done.Where(decision => decision.Accept).Select(decision => decision.HunkId)],
            [.. done.Where(decision => !decision.Accept).Select(decision => decision.HunkId)],
            conflicts,
            [.. written.Select(write => new DecidedFile(write.Path.Value, Hash(write)))]
        );
    }

    /// <summary>Takes one decision into the texts; null when that went well.</summary>
    private string? Problem(HunkDecision decision)
    {
        if (leftOut.Contains(decision.HunkId) != decision.Accept)
        {
            return null;
        }
        var file = patch.Files.First(one => one.Hunks.Any(hunk => hunk.HunkId == decision.HunkId));
        if (!texts.TryGetValue(file.Path, out var text))
        {
            return $"{file.Path} is too large or no text: it can only be put back as a whole, with undo.";
        }
        var next = new HashSet<string>(leftOut, StringComparer.Ordinal);
        _ = decision.Accept ? next.Remove(decision.HunkId) : next.Add(decision.HunkId);
        var (old, now) = (AppliedHunk.State(file, text, leftOut), AppliedHunk.State(file, text, next));
        if (old.All(state => state.Value == now[state.Key]))
        {
            return $"{file.Path}: this hunk cannot be decided alone.";
        }
        var merged = new Dictionary<string, string?>(StringComparer.Ordinal);
        try
        {
            foreach (var (path, was) in old)
            {
                if (!AppliedHunk.TryMerge(was, now[path], files.Now(path), out var result))
                {
                    return $"You have changed these lines of {path} since; your text stays.";
                }
                merged[path] = result;
            }
        }
        catch (Exception fault) when (fault is WorkspaceException or RefusedException)
        {
            return fault.Message;
        }
        foreach (var (path, result) in merged)
        {
            files.Set(path, result);
        }
        leftOut = next;
        return null;
    }

    private async Task<IReadOnlyList<FileWrite>> WriteAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<FileWrite> writes = [];
        try
        {
            writes = files.Writes();
            if (writes.Count > 0)
            {
                await revision.TakeSnapshotAsync(runId, cancellationToken);
                before?.Keep(writes.Select(write => write.Path));
                revision.Audited(
                    runId,
                    string.Join(", ", writes.Select(write => write.Path.Shown)),
                    "The user decided hunks after the run.",
                    () => Apply(writes),
                    count => $"{count} files written"
                );
            }
        }
        catch (Exception fault) when (fault is WorkspaceException or RefusedException)
        {
            // Somebody was faster: nothing is written, all hunks stay as they are.
            conflicts.AddRange(done.Select(decision => new HunkConflict(decision.HunkId, fault.Message)));
            done.Clear();
            return [];
        }
        if (done.Count > 0)
        {
            revision.Tell(runId, new HunksDecided(patch.PatchId, [.. done], AnsweredBy.User));
        }
        if (writes.Count > 0)
        {
            revision.Tell(runId, new PatchApplied(patch.PatchId, [.. writes.Select(Applied)]));
        }
        return writes;
    }

    /// <summary>The record knows of the write before it happens, so that a kill in between can be undone.</summary>
    private int Apply(IReadOnlyList<FileWrite> writes)
    {
        var changes = record.Changes.ToDictionary(change => change.Path, StringComparer.Ordinal);
        foreach (var change in ChangedPath.Of(revision.Root, writes))
        {
            changes[change.Path] = change.Behind(changes.GetValueOrDefault(change.Path));
        }
        folder.Write(record with { Changes = [.. changes.Values] });
        revision.Root.Apply(writes);
        var left = changes.Values.Where(change => change.Before != change.After).Select(change => change with { Previous = null }).ToList();
        folder.Write(record with { Changes = left });
        before?.KeepAfter(left);
        return writes.Count;
    }

    private AppliedFile Applied(FileWrite write)
    {
        var file = patch.Files.First(one => one.Path == write.Path.Value || one.From == write.Path.Value);
        var hunks = file.Hunks.Where(hunk => !leftOut.Contains(hunk.HunkId)).ToList();
        var change =
            write.Bytes is null ? FileChange.Deleted
            : write.ExpectedSha256 is null ? FileChange.Added
            : FileChange.Modified;
        return new(write.Path.Value, change, hunks.Sum(hunk => hunk.NewLines), hunks.Sum(hunk => hunk.OldLines), Hash(write));
    }

    private static string? Hash(FileWrite write) => write.Bytes is null ? null : WorkspaceRoot.Hash(write.Bytes);
}
