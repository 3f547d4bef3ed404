using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Cli;

/// <summary>The report as people read it; the whole of it lies beside the run as report.json and report.md.</summary>
internal static class ReportDrawing
{
    public static IReadOnlyList<Drawing> Of(Report report, string path)
    {
        var lines = new List<Drawing>();
        Row("Summary", new Span(report.Summary, Tone.Strong));
        foreach (var file in report.Files)
        {
            Row("Changed", [.. DiffDrawing.Summary(file)]);
        }
        Row("Files", new Span(report.FilesAfterwards));
        Row("Tests", [new Span("before "), .. Test(report.TestsBefore), new Span("   after "), .. Test(report.TestsAfter)]);
        foreach (var command in report.Commands)
        {
            Row(
                "Command",
                new Span(command.Command),
                new Span($"   {Result(command)}, {TestDrawing.Seconds(command.Milliseconds)}, sandbox: {command.Sandbox}", Tone.Quiet)
            );
        }
        if (report.Consilium is { } verdict)
        {
            Row(
                "Votes",
                new Span(Wire.Name(verdict), VoteDrawing.ToneOf(verdict)),
                new Span(": " + VoteDrawing.Counts(Tally(report.Votes)))
            );
        }
        Row("Model", new Span(report.Model), new Span("   " + Use(report.Usage), Tone.Quiet));
        Row("Time", new Span(TestDrawing.Seconds(report.Milliseconds)));
        if (report.Commit is { } commit)
        {
            Row("Commit", new Span(commit));
        }
        foreach (var note in report.Notes)
        {
            Row("Note", new Span(note));
        }
        Row("Kept in", new Span(path, Tone.Quiet));
        return lines;

        void Row(string name, params IReadOnlyList<Span> spans) => lines.Add(new Line([new Span($"  {name, -9}", Tone.Quiet), .. spans]));
    }

    private static IReadOnlyList<Span> Test(TestResult? result) =>
        [result is null ? new Span("– not run", Tone.Careful) : new Span(TestDrawing.Sentence(result), TestDrawing.ToneOf(result))];

    private static string Result(CommandRecord command) =>
        command.Decision == "allow" || command.ExitCode is not null
            ? $"exit code {command.ExitCode?.ToString() ?? "none"}"
            : $"{command.Decision}: {command.Reason}";

    private static VoteCounts Tally(IReadOnlyList<Vote> votes) =>
        new(Of(votes, Verdict.Approve), Of(votes, Verdict.Revise), Of(votes, Verdict.Reject), Of(votes, Verdict.Abstain));

    private static int Of(IReadOnlyList<Vote> votes, Verdict verdict) => votes.Count(vote => vote.Verdict == verdict);

    private static string Use(Usage usage) =>
        $"{CliMapping.Count(usage.Requests, "request", "requests")}, {usage.PromptTokens:N0} tokens in, {usage.OutputTokens:N0} "
        + $"out{(usage.Estimated ? " (estimated)" : "")}";
}
