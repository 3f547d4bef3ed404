using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Cli;

/// <summary>A patch as a coloured unified diff.</summary>
internal static class DiffDrawing
{
    public static IReadOnlyList<Drawing> Files(IReadOnlyList<PatchFile> files) => [.. files.SelectMany(OneFile)];

    public static IReadOnlyList<Span> Summary(AppliedFile file) =>
        [new($"{Word(file.Change)} {file.Path}"), new($" +{file.Added}", Tone.Added), new($" -{file.Removed}", Tone.Removed)];

    public static IReadOnlyList<Drawing> Text(string unified) => [.. Lines(unified).Select(Colour)];

    /// <summary>Only the lines of one hunk, for the question about it; one hunk of the unified text may hold several of ours.</summary>
    public static IReadOnlyList<Drawing> OneHunk(PatchFile file, Hunk hunk)
    {
        var drawings = new List<Drawing> { new Line(new Span($"  @@ {file.Path}:{hunk.NewStart} {hunk.Header}".TrimEnd(), Tone.Place)) };
        int oldLine = 0, newLine = 0;
        foreach (var line in Lines(file.Unified))
        {
            if (line.StartsWith("@@", StringComparison.Ordinal))
                (oldLine, newLine) = Starts(line);
            var removed = line.StartsWith('-') && oldLine >= hunk.OldStart && oldLine < hunk.OldStart + hunk.OldLines;
            var added = line.StartsWith('+') && newLine >= hunk.NewStart && newLine < hunk.NewStart + hunk.NewLines;
            if (removed || added)
                drawings.Add(Colour(line));
            oldLine += line is ['-' or ' ', ..] or "" ? 1 : 0;
            newLine += line is ['+' or ' ', ..] or "" ? 1 : 0;
        }
        return drawings;
    }

    private static IEnumerable<Drawing> OneFile(PatchFile file) =>
    [
        new Line(
            new Span($"  {Word(file.Change)} ", Tone.Quiet),
            new Span(file.From is null ? file.Path : $"{file.From} → {file.Path}", Tone.Strong),
            new Span($" +{file.Added}", Tone.Added),
            new Span($" -{file.Removed}", Tone.Removed)),
        .. Lines(file.Unified).Select(Colour),
    ];

    private static Line Colour(string line) => new(new Span("  " + line, line switch
    {
        ['@', '@', ..] => Tone.Place,
        ['+', ..] => Tone.Added,
        ['-', ..] => Tone.Removed,
        ['\\', ..] => Tone.Quiet,
        _ => Tone.Plain,
    }));

    // A file's own carriage returns are not worth a sign on every line; its last line end is not an empty line.
    private static IEnumerable<string> Lines(string unified) =>
        unified.Length == 0 ? [] : unified.TrimEnd('\n').Split('\n').Select(line => line.TrimEnd('\r'));

    /// <summary>The first line numbers of <c>@@ -7,2 +7,3 @@ header</c>.</summary>
    private static (int Old, int New) Starts(string header)
    {
        var words = header.Split(' ');
        return words.Length < 3 ? (0, 0) : (Number(words[1]), Number(words[2]));

        static int Number(string word) => int.TryParse(word.AsSpan(1).ToString().Split(',')[0], out var number) ? number : 0;
    }

    private static string Word(FileChange change) => change.ToString().ToLowerInvariant();
}
