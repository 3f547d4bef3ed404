using CodexSidecar.Engine.Patching.Matching;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>Lays edits over lines: what is not touched keeps its bytes, what is new gets the endings of its surroundings.</summary>
internal static class EditedText
{
    /// <param name="edits">None overlap.</param>
    /// <param name="finalNewline">Null: as it was.</param>
    public static FileText Apply(FileText text, IEnumerable<LineEdit> edits, bool? finalNewline, string newEnd = "\n")
    {
        var old = text.Lines;
        var usual = UsualEnd(old) ?? newEnd;
        var lines = new List<TextLine>(old.Count);
        var at = 0;
        foreach (var edit in edits.OrderBy(edit => edit.Start).ThenBy(edit => edit.Count > 0).ThenBy(edit => edit.Block))
        {
            for (; at < edit.Start; at++)
            {
                lines.Add(old[at]);
            }
            for (var i = 0; i < edit.NewLines.Count; i++)
            {
                lines.Add(new TextLine(edit.NewLines[i], EndFor(old, lines, edit, i, usual)));
            }
            at = Math.Max(at, edit.End);
        }
        for (; at < old.Count; at++)
        {
            lines.Add(old[at]);
        }
        Finish(lines, finalNewline ?? text.EndsWithNewline, usual);
        return text with { Lines = lines };
    }

    /// <summary>The whole new text over the old one: applied as its difference, so that equal lines keep their ends and trailing
    /// blanks.</summary>
    public static List<LineEdit> Difference(FileText old, IReadOnlyList<string> now, int block) =>
        [
            .. LineDiff
                .Runs([.. old.Lines.Select(line => line.Text.TrimEnd())], [.. now.Select(line => line.TrimEnd())])
                .Select(run => new LineEdit(run.Start, run.Count, [.. now.Skip(run.NewStart).Take(run.NewCount)], block)),
        ];

    private static string EndFor(IReadOnlyList<TextLine> old, List<TextLine> lines, LineEdit edit, int i, string usual)
    {
        if (i < edit.Count && old[edit.Start + i].End is { Length: > 0 } replaced)
        {
            return replaced;
        }
        if (lines is [.., { End.Length: > 0 } above])
        {
            return above.End;
        }
        return edit.End < old.Count && old[edit.End].End is { Length: > 0 } below ? below : usual;
    }

    private static void Finish(List<TextLine> lines, bool newline, string usual)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            var last = i == lines.Count - 1;
            if (lines[i].End.Length == 0 && (!last || newline))
            {
                lines[i] = lines[i] with { End = i > 0 ? lines[i - 1].End : usual };
            }
            else if (last && !newline)
            {
                lines[i] = lines[i] with { End = "" };
            }
        }
    }

    private static string? UsualEnd(IReadOnlyList<TextLine> lines) =>
        lines
            .Where(line => line.End.Length > 0)
            .CountBy(line => line.End)
            .OrderByDescending(end => end.Value)
            .ThenBy(end => end.Key, StringComparer.Ordinal)
            .Select(end => end.Key)
            .FirstOrDefault();
}
