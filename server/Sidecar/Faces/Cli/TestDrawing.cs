using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Cli;

/// <summary>Test results, in one line and with the first failures.</summary>
internal static class TestDrawing
{
    private const int MostFailures = 10;

    public static IReadOnlyList<Drawing> Finished(TestResult result) =>
        [
            new Line(
                new Span("  "),
                new Span(Sentence(result), ToneOf(result)),
                new Span($"   {Seconds(result.Milliseconds)}", Tone.Quiet)
            ),
            .. result.Failures.Take(MostFailures).Select(failure => new Line(new Span($"    ✗ {failure}", Tone.Bad))),
            .. result.Failures.Count <= MostFailures
                ? []
                : new[] { new Line(new Span($"    and {result.Failures.Count - MostFailures} more", Tone.Quiet)) },
        ];

    public static string Sentence(TestResult result) =>
        result.Outcome switch
        {
            TestOutcome.Passed => Mark("✓ passed", result),
            TestOutcome.Failed => Mark("✗ failed", result)
                + (result.Failed is null && result.ExitCode is { } code ? $" (exit code {code})" : ""),
            TestOutcome.TimedOut => "✗ stopped: they took too long",
            _ => "– not run",
        };

    public static Tone ToneOf(TestResult result) =>
        result.Outcome switch
        {
            TestOutcome.Passed => Tone.Good,
            TestOutcome.NotRun => Tone.Careful,
            _ => Tone.Bad,
        };

    public static string Seconds(long milliseconds) => $"{milliseconds / 1000.0:0.0} s";

    private static string Mark(string word, TestResult result)
    {
        (int? Number, string Word)[] parts = [(result.Failed, "failed"), (result.Passed, "passed"), (result.Skipped, "skipped")];
        var counts = string.Join(", ", parts.Where(part => part.Number > 0).Select(part => $"{part.Number} {part.Word}"));
        return counts.Length == 0 ? word : $"{word}: {counts}";
    }
}
