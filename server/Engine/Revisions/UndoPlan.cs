using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Revisions;

/// <summary>
/// Undoing a run in files the user has gone on with: a three-way merge of what the run left, what is there now and what was there before.
/// Where the user changed other
/// lines than the run, the run's go back and the user's stay; else it is a conflict, shown with all three.
/// </summary>
internal sealed class UndoPlan
{
    private readonly WorkspaceRoot root;
    private readonly Snapshot snapshot;
    private readonly IReadOnlyList<ChangedPath> changes;
    private readonly Dictionary<string, FileWrite> merged = new(StringComparer.Ordinal);
    private readonly List<UndoPreview> previews = [];
    private readonly TextFiles texts;

    private UndoPlan(WorkspaceRoot root, Snapshot snapshot, IReadOnlyList<ChangedPath> changes) =>
        (this.root, this.snapshot, this.changes, texts) = (root, snapshot, changes, FileActions.Texts(root));

    public static UndoPlan Make(WorkspaceRoot root, Snapshot snapshot, IReadOnlyList<ChangedPath> changes)
    {
        var plan = new UndoPlan(root, snapshot, changes);
        foreach (var path in snapshot.Plan(changes).Conflicts)
        {
            plan.previews.Add(
                changes.FirstOrDefault(change => change.Path == path) is { } change
                    ? plan.Look(change)
                    : new(path, "This file is not the run's and stands in the way.", [], "")
            );
        }
        return plan;
    }

    public UndoResult Do(bool dryRun)
    {
        var result = dryRun ? snapshot.Plan(changes, merged) : snapshot.Restore(changes, merged);
        return new(
            result.Restored,
            result.Conflicts,
            Message(result, dryRun),
            result.Conflicts.Count > 0 ? [] : [.. merged.Keys],
            previews,
            dryRun
        )
        {
            KeptModes = result.KeptModes,
        };
    }

    private string Message(RestoreResult result, bool dryRun)
    {
        if (result.Conflicts.Count > 0)
        {
            return $"Nothing {(dryRun ? "would be" : "was")} put back, because changes of yours would be lost "
                + $"in {string.Join(", ", result.Conflicts)}. Save them elsewhere, or put the lines back yourself, and try again.";
        }
        var files = result.Restored.Count == 1 ? "1 file" : $"{result.Restored.Count} files";
        var users = Users(result, dryRun);
        return result.Restored.Count == 0
                ? (users.Length == 0 ? "Everything is as before the run already." : $"Nothing is left to put back.{users}")
            : dryRun ? $"Undo would put back {files}.{users}"
            : users.Length > 0 ? $"{files} put back.{users}"
            : $"{files} {(result.Restored.Count == 1 ? "is" : "are")} as before the run.";
    }

    /// <summary>What the user has done since, and what becomes of it.</summary>
    private string Users(RestoreResult result, bool dryRun)
    {
        IEnumerable<(string Words, IReadOnlyCollection<string> Paths)> all =
        [
            ($"Your own changes since then {(dryRun ? "would stay" : "stay")}", merged.Keys),
            ($"The mode you gave since then {(dryRun ? "would stay" : "stays")}", result.KeptModes),
            ("The run had made this file, so the mode you gave it since then goes with it", result.LostModes),
        ];
        return string.Concat(all.Where(one => one.Paths.Count > 0).Select(one => $" {one.Words}: {string.Join(", ", one.Paths)}."));
    }

    private UndoPreview Look(ChangedPath change)
    {
        var (now, left, before) = (
            Now(change.Path),
            snapshot.Content(change.Path, change.After),
            snapshot.Content(change.Path, change.Before)
        );
        if (now is null)
        {
            return new(change.Path, "You have removed this file since, or made something else of it.", [], "");
        }
        if (Lines(change.Path, now) is not { } present)
        {
            return new(change.Path, "You have changed this file since, and it is no text that could be merged.", [], "");
        }
        return (change.Before, change.After) switch
        {
            (null, _) => new(
                change.Path,
                "The run made this file, and you have changed it since: undo would delete it.",
                left is null ? [] : Places(Lines(change.Path, left) ?? [], present),
                Diff(present, [])
            ),
            (_, null) => new(
                change.Path,
                "The run deleted this file, and you have made it again.",
                [],
                before is null ? "" : Diff(present, Lines(change.Path, before) ?? [])
            ),
            _ when left is null || before is null => new(
                change.Path,
                "You have changed this file since, and what the run left is not in the store.",
                [],
                before is null ? "" : Diff(present, Lines(change.Path, before) ?? [])
            ),
            _ => Merge(change.Path, left, now, before, present),
        };
    }

    private UndoPreview Merge(string path, byte[] left, byte[] now, byte[] before, IReadOnlyList<TextLine> present)
    {
        var result = ThreeWay.Merge(path, left, now, before, texts);
        if (result.Bytes is { } bytes)
        {
            merged[path] = new(WorkspacePath.OfDisk(path), WorkspaceRoot.Hash(now), bytes);
            return new(path, "You have changed other lines than the run: yours stay.", [], Diff(present, Lines(path, bytes)!));
        }
        if (result.Conflicts.Count == 0 || Lines(path, left) is not { } old || Lines(path, before) is not { } first)
        {
            return new(path, "You have changed this file since, and its encoding is another one now.", [], "");
        }
        // Theirs first: where both differ, the text from before the run is what undo would put there.
        return new(
            path,
            "You have changed the same lines as the run.",
            [
                .. result.Conflicts.Select(conflict => new UndoPlace(
                    conflict.OurLine,
                    Text(conflict.Base),
                    Text(conflict.Ours),
                    Text(conflict.Theirs)
                )),
            ],
            Diff(present, ThreeWay.Merge(old, first, present).Lines)
        );
    }

    private byte[]? Now(string path)
    {
        try
        {
            var place = WorkspacePath.OfDisk(path);
            // A link or a folder by now is something else, whatever can be read there.
            return PathStates.Look(root, place) is { Kind: EntryKind.File } ? root.Read(place, PathStates.MostText) : null;
        }
        catch (WorkspaceException)
        {
            return null;
        }
    }

    private static List<UndoPlace> Places(IReadOnlyList<TextLine> left, IReadOnlyList<TextLine> now) =>
        [
            .. Runs(left, now)
                .Select(run => new UndoPlace(
                    run.NewStart + 1,
                    Text(left.Skip(run.Start).Take(run.Count)),
                    Text(now.Skip(run.NewStart).Take(run.NewCount)),
                    ""
                )),
        ];

    private static string Diff(IReadOnlyList<TextLine> now, IReadOnlyList<TextLine> undone) =>
        UnifiedText.Of(Runs(now, undone), now, undone);

    private static List<LineRun> Runs(IReadOnlyList<TextLine> old, IReadOnlyList<TextLine> now) =>
        LineDiff.Runs([.. old.Select(line => line.ToString())], [.. now.Select(line => line.ToString())]);

    private static string Text(IEnumerable<TextLine> lines) => string.Concat(lines.Select(line => line.Text + "\n"));

    private IReadOnlyList<TextLine>? Lines(string path, byte[] bytes)
    {
        try
        {
            return texts.Read(path, bytes).Lines;
        }
        catch (RefusedException)
        {
            return null;
        }
    }
}
