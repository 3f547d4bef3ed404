using System.Text;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Faces.Http;

/// <summary>What a chat client sees of each event. Pure. One line of progress at most, and the report in one piece: who lost the connection
/// before it repeats the request and gets nothing twice.</summary>
internal static class HttpMapping
{
    private const int MostLine = 200,
        MostReport = 1_500,
        MostPatchLines = 200;

    /// <returns>Null: nothing to show.</returns>
    public static string? Progress(RunEvent fact) => Words(fact) is { } text ? Line(text) : null;

    /// <param name="patch">The last one that was proposed; shown when nothing may be written.</param>
    public static string Report(Report report, RunFinished end, PatchProposed? patch)
    {
        var text = new StringBuilder(Cut(report.Summary.Length > 0 ? report.Summary : end.Message, 700)).Append('\n');
        if (report.Summary.Length > 0 && report.Summary != end.Message && end.Stop is not (StopReason.Done or StopReason.NothingToDo))
        {
            text.Append($"{Cut(end.Message, 300)}\n");
        }
        if (report.Files.Count > 0)
        {
            text.Append(
                $"Changed {Cut(string.Join(", ", report.Files.Select(file => $"{file.Path} (+{file.Added} -{file.Removed})")), 300)}. "
            );
        }
        text.Append(report.TestsAfter is { } tests ? $"{Tests(tests)}. " : "")
            .Append(report.Commit is { } sha ? $"Commit {sha[..Math.Min(10, sha.Length)]}. " : "");
        text.Append($"Ended as {Wire.Name(end.Stop)}{(end.Detail is null ? "" : $" ({end.Detail})")}. Run {report.RunId}");
        text.Append(report.Files.Count > 0 ? $"; undo: codex-sidecar runs undo {report.RunId}" : "");
        return ExecutableText.Break(Cut(text.ToString(), MostReport) + Patch(report, patch), out var broken)
            + (broken ? $"\n{ExecutableText.Note}" : "");
    }

    private static string? Words(RunEvent fact) => fact.Map(Worder.Only);

    private sealed class Worder : IRunEventMapping<string?>
    {
        public static Worder Only { get; } = new();

        public string? Map(RunStarted fact) => null;

        public string? Map(StageStarted e) =>
            $"Stage {(int)e.Stage + 1} of 7: {Wire.Name(e.Stage)}{(e.Attempt > 1 ? $", attempt {e.Attempt}" : "")}";

        public string? Map(StageFinished fact) => null;

        public string? Map(MessageAdded e) => e.Text;

        public string? Map(ThoughtAdded e) => e.Text;

        public string? Map(ToolStarted fact) => null;

        public string? Map(ToolFinished fact) => null;

        public string? Map(ModelProgressed fact) => null;

        public string? Map(PlanProposed fact) => null;

        public string? Map(ConsiliumOpened fact) => null;

        public string? Map(VoteCast e) =>
            $"{e.Vote.Role}: {Wire.Name(e.Vote.Verdict)}{(e.Vote.Confidence is { } sure ? $" {sure}/10" : "")}. {e.Vote.Decision}";

        public string? Map(VotesTallied e) =>
            $"Votes: {Wire.Name(e.Verdict)}, {e.Rule}{string.Concat(e.Checklist.Select((item, at) => $"; {at + 1}. {item.Text}"))}";

        public string? Map(Overruled e) =>
            e.Accepted ? "The consilium was overruled: the plan is carried out" : "The plan is not carried out";

        public string? Map(PatchProposed e) =>
            $"Patch: {string.Join(", ", e.Files.Select(file => $"{file.Path} (+{file.Added} -{file.Removed})"))}";

        public string? Map(PermissionAsked e) =>
            e.GoesOn is true
                ? $"Nobody can be asked here, so the run goes on: {e.Question} ({e.Reason})"
                : $"Would be asked: {e.Question} ({e.Reason})";

        public string? Map(PermissionAnswered e) => e.Allowed ? null : "Not allowed: it has to be asked, and nobody can be asked here";

        public string? Map(HunksDecided fact) => null;

        public string? Map(SnapshotTaken fact) => null;

        public string? Map(PatchApplied fact) => null;

        public string? Map(PatchFailed e) =>
            $"The patch did not fit: {string.Join("; ", e.Files.Select(file => $"{file.Path}: {file.Message}"))}";

        public string? Map(TestsStarted e) => $"Tests: {e.Command}";

        public string? Map(TestsOutput fact) => null;

        public string? Map(TestsFinished e) => Tests(e.Result);

        public string? Map(RolledBack e) => $"Rolled back {e.Files} files: {e.Reason}";

        public string? Map(Committed e) => $"Commit {e.Sha[..Math.Min(10, e.Sha.Length)]}: {e.Message}";

        public string? Map(UsageCounted fact) => null;

        public string? Map(NoticeRaised e) => $"{e.Title}: {e.Description}";

        public string? Map(TrackRecordUpdated fact) => null;

        public string? Map(ReportWritten fact) => null;

        public string? Map(RunFinished fact) => null;
    }

    private static string Tests(TestResult result) =>
        result switch
        {
            { Passed: null, Failed: null } => $"Tests: {Wire.Name(result.Outcome)}",
            { Failed: > 0 } => $"Tests: {result.Passed ?? 0} passed, {result.Failed} failed",
            _ => $"Tests: {result.Passed ?? 0} passed",
        };

    /// <summary>One fence a file with the path in its first line and whole hunk headers: what Continue applies without asking a
    /// model.</summary>
    private static string Patch(Report report, PatchProposed? patch)
    {
        if (patch is null || report.Files.Count > 0)
        {
            return "";
        }
        var lines = patch.Files.Sum(file => file.Unified.Count(letter => letter == '\n'));
        return lines > MostPatchLines
            ? $"\n\nThe patch has {lines} lines: {string.Join(", ", patch.Files.Select(file => file.Path))}"
            : string.Concat(patch.Files.Select(Fenced));
    }

    private static string Fenced(PatchFile file)
    {
        var fence = FenceText.Around(file.Unified);
        return $"\n\n{fence}diff {file.Path}\n{file.Unified.TrimEnd('\n')}\n{fence}";
    }

    public static string? Line(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length == 0 ? null : $"{ExecutableText.Break(Cut(line, MostLine - 1), out _)}\n";
    }

    public static string Cut(string text, int most) => text.Length <= most ? text : $"{text[..(most - 1)]}…";
}
