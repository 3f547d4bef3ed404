using CodexSidecar.Engine.Revisions;

namespace CodexSidecar.Faces.Cli;

/// <summary>What <c>runs undo</c> did or would do, with all three texts wherever the user's changes are in its way.</summary>
internal static class UndoDrawing
{
    /// <summary>Of one text; the whole is in --json.</summary>
    private const int MostLines = 20;

    public static IReadOnlyList<Drawing> Of(UndoResult result) =>
        [
            .. result.Restored.Select(path => new Line(new Span("  ↩ ", Tone.Good), new Span(path))),
            .. result
                .Previews.Where(preview => result.Conflicts.Contains(preview.Path) || result.DryRun)
                .SelectMany(preview => Preview(preview, result.Conflicts.Contains(preview.Path))),
            new Line(new Span(result.Message, result is { Conflicts.Count: 0, IsRefused: false } ? Tone.Good : Tone.Bad)),
        ];

    private static IEnumerable<Drawing> Preview(UndoPreview preview, bool isConflict) =>
        [
            new Line(
                new Span(isConflict ? "  ! " : "  = ", isConflict ? Tone.Careful : Tone.Good),
                new Span(preview.Path, Tone.Strong),
                new Span($"  {preview.Why}")
            ),
            .. preview.Places.Count > 0 ? preview.Places.SelectMany(Place) : Cut(DiffDrawing.Text(preview.Diff)),
        ];

    private static IEnumerable<Drawing> Place(UndoPlace place) =>
        [
            new Line(new Span($"    line {place.Line}", Tone.Place)),
            .. Side("the run left", place.Left, Tone.Quiet),
            .. Side("there is now", place.Yours, Tone.Careful),
            .. Side("undo puts back", place.Back, Tone.Added),
        ];

    private static IEnumerable<Drawing> Side(string whose, string text, Tone tone) =>
        Cut(
            text.Length == 0
                ? [Row(whose, "(nothing)", Tone.Quiet)]
                : [.. text.TrimEnd('\n').Split('\n').Select((line, at) => Row(at == 0 ? whose : "", line, tone))]
        );

    private static Line Row(string whose, string text, Tone tone) =>
        new(new Span($"      {whose, -14} │ ", Tone.Quiet), new Span(text, tone));

    private static IEnumerable<Drawing> Cut(IReadOnlyList<Drawing> lines) =>
        lines.Count <= MostLines
            ? lines
            : [.. lines.Take(MostLines), new Line(new Span($"      … {lines.Count - MostLines} more lines", Tone.Quiet))];
}
