using System.Globalization;
using CodexSidecar.Engine.Patching.Matching;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>What became of the blocks that change parts of one file.</summary>
internal sealed class PartialResult
{
    public List<PatchBlock> Good { get; } = [];

    public List<PatchBlock> Idle { get; } = [];

    public List<string> Notes { get; } = [];

    public List<(PatchBlock Block, RefusedException Refused)> Refused { get; } = [];
}

/// <summary>Lays the waiting blocks of one file over its text: all against the text as it was, then those that speak of what others of the
/// reply wrote.</summary>
internal static class PartialEdits
{
    private const int MostRounds = 20,
        MostLinesNamed = 5;

    public static PartialResult Apply(Draft draft, DraftSet stage)
    {
        var result = new PartialResult();
        IReadOnlyList<PatchBlock> waiting = draft.Waiting;
        for (var round = 1; waiting.Count > 0; round++)
        {
            var before = result.Good.Count;
            var lost = Round(draft, stage, waiting, result);
            // Another text will not make these readable.
            result.Refused.AddRange(lost.Where(one => one.Refused is not null).Select(one => (one.Block, one.Refused!)));
            lost.RemoveAll(one => one.Refused is not null);
            var last = round == MostRounds || result.Good.Count == before;
            if (last)
            {
                result.Refused.AddRange(lost.Select(one => (one.Block, NotFound.Explain(one.Block, draft, stage))));
            }
            waiting = last ? [] : [.. lost.Select(one => one.Block)];
        }
        return result;
    }

    /// <returns>The blocks that fit nowhere.</returns>
    private static List<MatchResult> Round(Draft draft, DraftSet stage, IReadOnlyList<PatchBlock> blocks, PartialResult result)
    {
        var text = draft.Text!;
        var file = new FileLines(text.Lines, stage.Habits(draft.Path).TabWidth);
        var located = Locator.Locate(file, blocks, draft.Path);
        if (located.Count < blocks.Count)
        {
            result.Notes.Add($"{draft.Path}: a block that was sent several times is applied once.");
        }
        var field = new EditField(text.Lines.Count);
        bool? newline = null;
        foreach (var one in located.Where(one => one.Matches.Count > 0))
        {
            try
            {
                var edits = Edits(one, file, text, draft.Path);
                if (edits.Count == 0 && one.Hints.FinalNewline is null)
                {
                    result.Idle.Add(one.Block);
                    continue;
                }
                field.Add(edits, one.Block.Number);
                newline = one.Hints.FinalNewline ?? newline;
                result.Good.Add(one.Block);
            }
            catch (RefusedException refused)
            {
                result.Refused.Add((one.Block, refused));
            }
        }
        draft.Text = EditedText.Apply(text, field.Edits, newline, stage.Habits(draft.Path).End);
        return [.. located.Where(one => one.Matches.Count == 0)];
    }

    private static List<LineEdit> Edits(MatchResult one, FileLines file, FileText text, string path)
    {
        if (one.Only is not { } match)
        {
            var lines = string.Join(
                ", ",
                one.Matches.Take(MostLinesNamed).Select(place => (place.Start + 1).ToString(CultureInfo.InvariantCulture))
            );
            throw new RefusedException(
                "ambiguous",
                $"The lines to change stand {one.Matches.Count} times in {path}, at line {lines}"
                    + $"{(one.Matches.Count > MostLinesNamed ? " and more" : "")}. "
                    + "Add lines above or below them that make the place unique."
            );
        }
        var edits = match.Edits(file, one.Block.Number).ToList();
        foreach (var edit in edits)
        {
            var above = edit.Start > 0 ? file[edit.Start - 1] : null;
            if (Elision.Find(edit.NewLines, line => file.Has(line, LineKey.Trim), path, above) is { } elided)
            {
                throw Elision.Refused(elided);
            }
            for (var i = 0; i < edit.NewLines.Count; i++)
            {
                text.Coding.Check(path, edit.NewLines[i], edit.Start + i + 1);
            }
        }
        return edits;
    }
}
