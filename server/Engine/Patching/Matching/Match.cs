namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>Lines of a file to be replaced; 0-based, Count 0 inserts before Start.</summary>
internal sealed record LineEdit(int Start, int Count, IReadOnlyList<string> NewLines, int Block)
{
    public int End => Start + Count;
}

/// <summary>A place where a block fits.</summary>
/// <param name="Parts">One; several in order where dots stand for the lines between.</param>
internal sealed record Match(IReadOnlyList<(Reading Reading, int Start)> Parts)
{
    public int Start => Parts[0].Start;

    public int End => Parts[^1].Start + Parts[^1].Reading.Search.Count;

    /// <summary>Found with the lines as they are, but for trailing blanks.</summary>
    public bool IsStrict => Parts.All(part => part.Reading.Key is LineKey.Exact or LineKey.Tail);

    /// <summary>The indent of new lines is a guess from the lines around them.</summary>
    public bool GuessesIndent => Parts.Any(part => part.Reading.Shift is IndentShift.Nearest);

    /// <summary>Only what differs between SEARCH and REPLACE: lines equal in both stay as the file has them, however loosely they were
    /// matched.</summary>
    public IEnumerable<LineEdit> Edits(FileLines file, int block) =>
        from part in Parts
        let newLines = new NewLines(file, part.Reading, part.Start)
        from run in LineDiff.Runs(part.Reading.Search, part.Reading.Replace)
        select new LineEdit(part.Start + run.Start, run.Count, newLines.Of(run), block);
}
