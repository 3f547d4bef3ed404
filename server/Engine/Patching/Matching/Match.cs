namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>How new lines are indented when SEARCH stands elsewhere than it says.</summary>
internal enum IndentShift
{
    None,

    /// <summary>All lines are off by the same width; anything else is no match.</summary>
    Uniform,

    /// <summary>Each new line follows the matched line nearest to it.</summary>
    Nearest,
}

/// <summary>One way to read a block: what is looked for, how lines are compared, and how the new lines are fitted in.</summary>
internal sealed record MatchForm(
    IReadOnlyList<string> Search,
    IReadOnlyList<string> Replace,
    LineKey Key,
    IndentShift Shift = IndentShift.None
);

/// <summary>Lines of a file to be replaced; 0-based, Count 0 inserts before Start.</summary>
internal sealed record LineEdit(int Start, int Count, IReadOnlyList<string> NewLines, int Block)
{
    public int End => Start + Count;
}

/// <summary>A place where a block fits.</summary>
/// <param name="Parts">One; several in order where dots stand for the lines between.</param>
internal sealed record Match(IReadOnlyList<(MatchForm Reading, int Start)> Parts)
{
    public int Start => Parts[0].Start;

    public int End => Parts[^1].Start + Parts[^1].Reading.Search.Count;

    /// <summary>Only what differs between SEARCH and REPLACE: lines equal in both stay as the file has them, however loosely they were
    /// matched.</summary>
    public IEnumerable<LineEdit> Edits(FileLines file, int block) =>
        from part in Parts
        from run in LineDiff.Runs(part.Reading.Search, part.Reading.Replace)
        let lines = Enumerable.Range(0, run.NewCount).Select(i => Fitted(file, part.Reading, part.Start, run, i)).ToList()
        select new LineEdit(part.Start + run.Start, run.Count, lines, block);

    private static string Fitted(FileLines file, MatchForm form, int start, LineRun run, int i)
    {
        var line = form.Replace[run.NewStart + i];
        if (form.Shift == IndentShift.None)
        {
            return line;
        }
        var near = NearestFilled(form.Search, Math.Min(run.Start + i, Math.Max(run.Start, run.End - 1)));
        return near is { } at ? file.Indented(line, ShiftAt(file, form, start, at), start + at) : line;
    }

    /// <summary>How much deeper the file's line is than SEARCH's.</summary>
    public static int ShiftAt(FileLines file, MatchForm form, int start, int line) =>
        file.Width(file[start + line]) - file.Width(form.Search[line]);

    private static int? NearestFilled(IReadOnlyList<string> search, int at)
    {
        for (var away = 0; away < search.Count; away++)
        {
            if (at - away is >= 0 and var above && above < search.Count && search[above].AsSpan().Trim().Length > 0)
            {
                return above;
            }
            if (at + away < search.Count && search[at + away].AsSpan().Trim().Length > 0)
            {
                return at + away;
            }
        }
        return null;
    }
}
