namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>A file sent as a whole.</summary>
internal static class WholeFile
{
    /// <summary>A file smaller than this in both ways has little to lose.</summary>
    private const int FewLines = 3,
        FewLetters = 400;

    /// <summary>Losing more of a file than this is more often a lazy answer than a wish.</summary>
    private const double MostLost = 0.6;

    /// <exception cref="RefusedException">loss or elision.</exception>
    public static void Check(WriteBlock write, FileText old, IReadOnlyList<string> lines, PlanOptions options)
    {
        var known = old.Lines.Select(line => line.Text.Trim()).ToHashSet(StringComparer.Ordinal);
        if (Elision.Find(lines, line => known.Contains(line.Trim()), write.Path, null) is { } elided)
        {
            throw Elision.Refused(elided);
        }
        var empty = lines.All(line => line.AsSpan().Trim().Length == 0) && old.Lines.Count > 0;
        var (before, now) = (Filled(old.Lines.Select(line => line.Text)), Filled(lines));
        if (
            !options.MayDelete
            && (
                empty
                || (before.Lines >= FewLines && now.Lines < before.Lines * (1 - MostLost))
                || (before.Letters > FewLetters && now.Letters < before.Letters * (1 - MostLost))
            )
        )
        {
            throw new RefusedException(
                "loss",
                $"The new text of {write.Path} has {lines.Count} lines and {now.Letters} letters, the file {old.Lines.Count} and "
                    + $"{before.Letters}, and the task does not ask for a "
                    + $"deletion. Send the complete file, or only the lines that change as SEARCH/REPLACE."
            );
        }
    }

    private static (int Lines, int Letters) Filled(IEnumerable<string> lines)
    {
        var filled = lines.Select(line => line.AsSpan().Trim().Length).Where(length => length > 0).ToList();
        return (filled.Count, filled.Sum());
    }

    /// <summary>A fence inside the text ends it too early: what stands in the next fence is then the end of the file.</summary>
    /// <exception cref="RefusedException">malformed.</exception>
    public static void CheckEnd(WriteBlock write, PatchBlock? next, FileText? old)
    {
        if (old is null || next is not WriteBlock { Path.Length: 0 } rest)
        {
            return;
        }
        var (end, last) = (Tail(old.Lines.Select(line => line.Text)), Tail(LineText.Lines(rest.Text)));
        if (last.Count > 1 && last.SequenceEqual(end) && !Tail(LineText.Lines(write.Text)).SequenceEqual(end))
        {
            throw new RefusedException(
                "malformed",
                $"A line of ``` inside the text of {write.Path} ended it there. Send the complete file between two lines of five "
                    + $"backticks, or only the lines that change as SEARCH/REPLACE."
            );
        }

        static List<string> Tail(IEnumerable<string> lines) =>
            [.. lines.Select(line => line.Trim()).Where(line => line.Length > 0).TakeLast(2)];
    }

    public static void CheckNew(WriteBlock write, IReadOnlyList<string> lines)
    {
        if (Elision.Find(lines, _ => false, write.Path, null) is { } elided)
        {
            throw Elision.Refused(elided);
        }
    }

    public static FileText Over(FileText old, IReadOnlyList<string> lines, WriteBlock write, string newEnd) =>
        EditedText.Apply(old, EditedText.Difference(old, lines, write.Number), write.FinalNewline, newEnd);

    /// <summary>A new file ends with exactly one newline, unless its format says what it ends with.</summary>
    /// <param name="empty">In the encoding that new files have here.</param>
    public static FileText New(IReadOnlyList<string> lines, WriteBlock write, string newEnd, FileText empty)
    {
        var count = lines.Count;
        while (write.FinalNewline is null && count > 0 && lines[count - 1].AsSpan().Trim().Length == 0)
        {
            count--;
        }
        var text = lines.Take(count).Select((line, i) => new TextLine(line, i == count - 1 && write.FinalNewline == false ? "" : newEnd));
        return empty with { Lines = [.. text] };
    }
}
