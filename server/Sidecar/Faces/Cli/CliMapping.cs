using System.Text.Json;
using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Cli;

/// <summary>What the terminal shows for each event. Pure: the same events draw the same screen, live or from the log.</summary>
internal static class CliMapping
{
    public static Drawn Map(CliState state, RunEvent fact) =>
        fact switch
        {
            ConsiliumOpened => new(state with { Votes = [] }, Drawings(state, fact)),
            VoteCast cast => new(
                state with
                {
                    Votes = [.. state.Votes.Where(vote => vote.Role != cast.Vote.Role), cast.Vote],
                },
                Drawings(state, fact)
            ),
            PatchProposed proposed => new(state with { Proposed = proposed }, Drawings(state, fact)),
            _ => new(state, Drawings(state, fact)),
        };

    private static IReadOnlyList<Drawing> Drawings(CliState state, RunEvent fact) => fact.Map(new Drawer(state));

    private sealed class Drawer(CliState state) : IRunEventMapping<IReadOnlyList<Drawing>>
    {
        public IReadOnlyList<Drawing> Map(RunStarted e) =>
            [
                One(new("Task  ", Tone.Quiet), new(e.Task, Tone.Strong)),
                One(new("Model ", Tone.Quiet), new(e.Model), new($"   level {e.Level} ({LevelName(e.Level)})", Tone.Quiet)),
            ];

        public IReadOnlyList<Drawing> Map(StageStarted e) => [One(), One(new("▸ ", Tone.Place), new(StageTitle(e), Tone.Strong))];

        public IReadOnlyList<Drawing> Map(StageFinished e) =>
            e.Outcome switch
            {
                StageOutcome.Ok => [],
                StageOutcome.Skipped => [Say($"{e.Stage}: skipped", Tone.Quiet)],
                StageOutcome.Failed => [Say($"✗ {e.Stage} failed", Tone.Bad)],
            };

        public IReadOnlyList<Drawing> Map(MessageAdded e) => [new StreamedText("message " + e.MessageId, e.Text, Tone.Plain)];

        public IReadOnlyList<Drawing> Map(ThoughtAdded e) => [new StreamedText("thought " + e.MessageId, e.Text, Tone.Quiet)];

        public IReadOnlyList<Drawing> Map(ToolStarted e) =>
            [One(new("  → ", Tone.Place), new(e.Tool), new(" " + Arguments(e.Input), Tone.Quiet))];

        public IReadOnlyList<Drawing> Map(ToolFinished e) => [Say($"  {e.Summary}", e.Ok ? Tone.Quiet : Tone.Bad)];

        public IReadOnlyList<Drawing> Map(ModelProgressed e) => [new Status(Progress(e))];

        public IReadOnlyList<Drawing> Map(PlanProposed e) =>
            [
                .. e.Steps.Select((step, index) => Say($"{index + 1}. {step}")),
                .. e.Files.Count == 0 ? [] : new[] { Say("Files: " + string.Join(", ", e.Files), Tone.Quiet) },
            ];

        public IReadOnlyList<Drawing> Map(ConsiliumOpened e) => VoteDrawing.Opened(e);

        public IReadOnlyList<Drawing> Map(VoteCast e) => VoteDrawing.Cast(e.Vote);

        public IReadOnlyList<Drawing> Map(VotesTallied e) => VoteDrawing.Tally(state.Votes, e);

        public IReadOnlyList<Drawing> Map(Overruled e) =>
            [Say($"You overrule the consilium: the plan is {(e.Accepted ? "" : "not ")}carried out.", Tone.Careful)];

        public IReadOnlyList<Drawing> Map(PatchProposed e) => DiffDrawing.Files(e.Files);

        public IReadOnlyList<Drawing> Map(PermissionAsked e) =>
            [One(new("? ", Tone.Careful), new(e.Question, Tone.Strong), new($"   {e.Reason} (risk: {Wire.Name(e.Risk)})", Tone.Quiet))];

        public IReadOnlyList<Drawing> Map(PermissionAnswered e) =>
            [Say($"{(e.Allowed ? "Allowed" : "Not allowed")} by {By(e.By)}", e.Allowed ? Tone.Quiet : Tone.Careful)];

        public IReadOnlyList<Drawing> Map(HunksDecided e) =>
            [
                Say(
                    $"{e.Decisions.Count(hunk => hunk.Accept)} of {Count(e.Decisions.Count, "hunk", "hunks")} accepted by {By(e.By)}",
                    Tone.Quiet
                ),
            ];

        public IReadOnlyList<Drawing> Map(SnapshotTaken e) => [Say($"Before-state saved ({Count(e.Files, "file", "files")})", Tone.Quiet)];

        public IReadOnlyList<Drawing> Map(PatchApplied e) =>
            [.. e.Files.Select(file => One([new("  ✓ ", Tone.Good), .. DiffDrawing.Summary(file)]))];

        public IReadOnlyList<Drawing> Map(PatchFailed e) =>
            [.. e.Files.Select(file => One(new($"  ✗ {file.Path}: ", Tone.Bad), new($"{file.Message} ({file.Code})")))];

        public IReadOnlyList<Drawing> Map(TestsStarted e) =>
            [
                One(
                    new("  $ ", Tone.Place),
                    new(e.Command),
                    e.Sandbox == "none" ? new("   without a sandbox", Tone.Careful) : new($"   in {e.Sandbox}", Tone.Quiet)
                ),
            ];

        public IReadOnlyList<Drawing> Map(TestsOutput e) => [new StreamedText($"tests {e.Attempt}", e.Text, Tone.Quiet)];

        public IReadOnlyList<Drawing> Map(TestsFinished e) => TestDrawing.Finished(e.Result);

        public IReadOnlyList<Drawing> Map(RolledBack e) =>
            [Say($"↩ Rolled back: {e.Reason}. {Count(e.Files, "file is", "files are")} as before.", Tone.Careful)];

        public IReadOnlyList<Drawing> Map(Committed e) =>
            [One(new("  ✓ commit ", Tone.Good), new(e.Sha.Length > 10 ? e.Sha[..10] : e.Sha), new(" " + e.Message, Tone.Quiet))];

        public IReadOnlyList<Drawing> Map(UsageCounted fact) => [];

        public IReadOnlyList<Drawing> Map(NoticeRaised e) =>
            [
                One(
                    new($"  {(e.Severity == Severity.Info ? "i" : "!")} {e.Title}", NoticeTone(e.Severity)),
                    new(e.Description.Length == 0 ? "" : ": " + e.Description, Tone.Plain)
                ),
            ];

        public IReadOnlyList<Drawing> Map(TrackRecordUpdated e) =>
            [Say($"Track record: {VoteDrawing.Name(e.Standing.Role)} {VoteDrawing.Record(e.Standing)}", Tone.Quiet)];

        public IReadOnlyList<Drawing> Map(ReportWritten e) => ReportDrawing.Of(e.Report, e.Path);

        public IReadOnlyList<Drawing> Map(RunFinished e) =>
            [
                One(),
                One(
                    new(ExitCodes.Of(e.Stop) == ExitCodes.Solved ? "✓ " : "✗ ", Ending(e.Stop)),
                    new(StopCode(e.Stop, e.Detail), Ending(e.Stop)),
                    new("  " + e.Message.Split('\n')[0])
                ),
                .. e.Message.Split('\n').Skip(1).Select(line => Say(line)),
            ];
    }

    internal static string Count(int number, string one, string many) => $"{number} {(number == 1 ? one : many)}";

    internal static string StopCode(StopReason stop, string? detail) => Wire.Name(stop) + (detail is null ? "" : $" ({detail})");

    internal static string LevelName(int level) => Enum.IsDefined((Level)level) ? Wire.Name((Level)level) : "?";

    private static Line One(params IReadOnlyList<Span> spans) => new(spans);

    private static Line Say(string text, Tone tone = Tone.Plain) => new([new Span("  " + text, tone)]);

    private static string StageTitle(StageStarted e) =>
        (e.Stage, e.Attempt) switch
        {
            (Stage.Tests, 0) => "Tests before the patch",
            (_, > 1) => $"{e.Stage}, attempt {e.Attempt}",
            _ => e.Stage.ToString(),
        };

    private static string By(AnsweredBy by) =>
        by switch
        {
            AnsweredBy.User => "you",
            AnsweredBy.Rule => "a rule",
            AnsweredBy.Level => "the level",
            _ => "the command line, which could not ask anybody",
        };

    private static Tone NoticeTone(Severity severity) =>
        severity switch
        {
            Severity.Info => Tone.Place,
            Severity.Warning => Tone.Careful,
            _ => Tone.Bad,
        };

    private static Tone Ending(StopReason stop) => ExitCodes.Of(stop) == ExitCodes.Solved ? Tone.Good : Tone.Bad;

    private static string Progress(ModelProgressed e) =>
        $"  … model: {e.Purpose}, {e.Phase}{(e.Fraction is { } part ? $" {(e.Estimated ? "about " : "")}{part * 100:0} %" : "")}";

    /// <summary>The values of a tool's input in short: <c>src/a.js 1-40</c>.</summary>
    private static string Arguments(JsonElement input)
    {
        var text =
            input.ValueKind == JsonValueKind.Object
                ? string.Join(' ', input.EnumerateObject().Select(property => property.Value.ToString()))
                : input.ToString();
        return text.Length > 120 ? text[..119] + "…" : text;
    }
}
