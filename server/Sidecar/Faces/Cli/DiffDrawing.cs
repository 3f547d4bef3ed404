using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Faces.Cli;

/// <summary>A patch as a coloured unified diff.</summary>
internal static class DiffDrawing
{
    public static IReadOnlyList<Drawing> Files(IReadOnlyList<PatchFile> files) => [.. files.SelectMany(OneFile)];

    public static IReadOnlyList<Span> Summary(AppliedFile file) =>
        [new($"{Wire.Name(file.Change)} {file.Path}"), new($" +{file.Added}", Tone.Added), new($" -{file.Removed}", Tone.Removed)];

    public static IReadOnlyList<Drawing> Text(string unified) => [.. Lines(unified).Select(Colour)];

    /// <summary>Only the lines of one hunk, for the question about it.</summary>
    public static IReadOnlyList<Drawing> OneHunk(PatchFile file, Hunk hunk) =>
        [
            new Line(new Span($"  @@ {file.Path}:{hunk.NewStart} {hunk.Header}".TrimEnd(), Tone.Place)),
            .. HunkText.Drawn(file, hunk).Select(line => Colour(line.TrimEnd('\r'))),
        ];

    private static IEnumerable<Drawing> OneFile(PatchFile file) =>
        [
            new Line(
                new Span($"  {Wire.Name(file.Change)} ", Tone.Quiet),
                new Span(file.From is null ? file.Path : $"{file.From} → {file.Path}", Tone.Strong),
                new Span($" +{file.Added}", Tone.Added),
                new Span($" -{file.Removed}", Tone.Removed)
            ),
            .. Lines(file.Unified).Select(Colour),
        ];

    private static Line Colour(string line) =>
        new(
            new Span(
                "  " + line,
                line switch
                {
                    ['@', '@', ..] => Tone.Place,
                    ['+', ..] => Tone.Added,
                    ['-', ..] => Tone.Removed,
                    ['\\', ..] => Tone.Quiet,
                    _ => Tone.Plain,
                }
            )
        );

    // A file's own carriage returns are not worth a sign on every line; its last line end is not an empty line.
    private static IEnumerable<string> Lines(string unified) =>
        unified.Length == 0 ? [] : unified.TrimEnd('\n').Split('\n').Select(line => line.TrimEnd('\r'));
}
