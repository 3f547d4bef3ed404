namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>Which moves of a reply end well. Targets are judged on the final state, so a swap is two moves and no accident.</summary>
internal static class Moves
{
    /// <summary>Undoes the moves that would land on another file.</summary>
    public static IReadOnlyList<(MoveBlock Block, RefusedException Refused)> Settle(DraftSet stage)
    {
        var refused = new List<(MoveBlock, RefusedException)>();
        // A move that is undone stays where another one may want to land: ask until nobody is in the way.
        while (FirstBlocked(stage) is { } blocked)
        {
            refused.Add(
                (
                    blocked.Move!,
                    new RefusedException(
                        "exists",
                        $"{blocked.Move!.To} exists already (or differs from a file there only in case); move to another name or "
                            + $"delete it first."
                    )
                )
            );
            blocked.Good.Remove(blocked.Move);
            blocked.Move = null;
        }
        foreach (var draft in stage.Drafts.Where(draft => draft.Move is not null && draft.Text is not null).ToList())
        {
            // The file under the target is overwritten.
            if (stage.Drafts.FirstOrDefault(other => other != draft && other.Path == draft.Move!.To && other.Move is null) is { } under)
            {
                under.Text = null;
            }
        }
        return refused;
    }

    private static Draft? FirstBlocked(DraftSet stage)
    {
        var moving = stage
            .Drafts.Where(draft => draft.Move is not null && draft.Text is not null)
            .OrderBy(draft => draft.Move!.Number)
            .ToList();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return moving.FirstOrDefault(draft => !taken.Add(draft.Move!.To) || InTheWay(stage, draft));
    }

    private static bool InTheWay(DraftSet stage, Draft draft)
    {
        var to = draft.Move!.To;
        if (stage.Lookup.InOtherCase(to) is { } other && other != draft.Path && Stays(stage, other) is not null)
        {
            return true;
        }
        if (stage.Draft(to) is not { } there || there == draft || there.Path != to || Stays(stage, to) is not { } stays)
        {
            return false;
        }
        return !draft.Move.Overwrite || stays.Start is null || stays.Good.Count > 0;
    }

    private static Draft? Stays(DraftSet stage, string path) =>
        stage.Draft(path) is { Text: not null } draft && draft.Path == path && (draft.Move is null || draft.Move.To == path) ? draft : null;
}
