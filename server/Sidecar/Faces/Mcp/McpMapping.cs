using System.Text;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.Runs;
using ModelContextProtocol.Protocol;
using Role = CodexSidecar.Contracts.Role;

namespace CodexSidecar.Faces.Mcp;

/// <summary>Answers and events in the protocol's shapes; pure. The text is what a model reads, the structured part what a program
/// reads.</summary>
internal static class McpMapping
{
    /// <summary>Characters, as of a tool's result.</summary>
    private const int MostPatch = 32_000;

    public const string AnswerSchema = """
        {"type":"object","properties":{"ok":{"type":"boolean"},"end":{"type":"string","description":"done, failed, refused or not_usable (the input)"},
        "text":{"type":"string"},"exitCode":{"type":"integer"},"decision":{"type":"string"},"rule":{"type":"string"},"reason":{"type":"string"},
        "undo":{"type":"string","description":"The run that codex-sidecar runs undo takes back"}},"required":["ok","end","text"]}
        """;

    public const string SolvedSchema = """
        {"type":"object","properties":{"ok":{"type":"boolean"},"end":{"type":"string","description":"The stop reason"},"text":{"type":"string"},
        "runId":{"type":"string"},"files":{"type":"array","items":{"type":"string"}},"tests":{"type":"string"}},"required":["ok","end","text"]}
        """;

    public static CallToolResult Of(ToolAnswer answer) =>
        Result(
            answer.Ok,
            answer.Text,
            new(answer.Ok, Wire.Name(answer.End), answer.Text)
            {
                ExitCode = answer.ExitCode,
                Decision = answer.Decision is { } decision ? Wire.Name(decision) : null,
                Rule = answer.Rule,
                Reason = answer.Reason,
                Undo = answer.Undo,
            }
        );

    /// <summary>It could not be started: one sentence that says why and what to do.</summary>
    public static CallToolResult Refused(string why) => Result(false, why, new(false, "refused", why));

    public static CallToolResult Of(McpSolved solved, RunOutcome outcome)
    {
        var ok = outcome.Stop is StopReason.Done or StopReason.NothingToDo;
        var text = Text(solved, outcome);
        var tests = solved.Report?.TestsAfter is { } after ? Wire.Name(after.Outcome) : null;
        return Result(
            ok,
            text,
            new(ok, Wire.Name(outcome.Stop), text)
            {
                RunId = outcome.RunId,
                Files = [.. (solved.Report?.Files ?? []).Select(file => file.Path)],
                Tests = tests,
            }
        );
    }

    /// <summary>One line for whoever waits; null: the event is no step.</summary>
    public static string? Step(RunEvent happened) => happened.Map(Steps.Only);

    private sealed class Steps : IRunEventMapping<string?>
    {
        public static Steps Only { get; } = new();

        public string? Map(RunStarted e) => $"Started with {e.Model}";

        public string? Map(StageStarted e) =>
            e.Stage == Stage.Tests && e.Attempt == 0
                ? "Tests before the change"
                : $"{e.Stage}{(e.Attempt > 1 ? $", attempt {e.Attempt}" : "")}";

        public string? Map(StageFinished fact) => null;

        public string? Map(MessageAdded fact) => null;

        public string? Map(ThoughtAdded fact) => null;

        public string? Map(ToolStarted e) => $"Tool {e.Tool}";

        public string? Map(ToolFinished fact) => null;

        public string? Map(ModelProgressed fact) => null;

        public string? Map(PlanProposed e) => $"Plan: {string.Join("; ", e.Steps)}";

        public string? Map(ConsiliumOpened e) => $"{e.Roles.Count} roles vote";

        public string? Map(VoteCast e) => $"{(e.Vote.Role == Role.Qa ? "QA" : e.Vote.Role)}: {Wire.Name(e.Vote.Verdict)}";

        public string? Map(VotesTallied e) => $"Votes: {Wire.Name(e.Verdict)}. {e.Rule}";

        public string? Map(Overruled fact) => null;

        public string? Map(PatchProposed e) => $"Patch: {string.Join(", ", e.Files.Select(file => file.Path))}";

        public string? Map(PermissionAsked e) => $"Asked: {e.Question}";

        public string? Map(PermissionAnswered e) => e.Allowed ? "Allowed" : "Not allowed";

        public string? Map(HunksDecided fact) => null;

        public string? Map(SnapshotTaken fact) => null;

        public string? Map(PatchApplied e) => $"Applied: {string.Join(", ", e.Files.Select(file => file.Path))}";

        public string? Map(PatchFailed e) => $"The patch does not fit: {string.Join(", ", e.Files.Select(file => file.Path))}";

        public string? Map(TestsStarted e) => $"Tests: {e.Command}";

        public string? Map(TestsOutput fact) => null;

        public string? Map(TestsFinished e) => $"Tests {(e.Result.Outcome == TestOutcome.Passed ? "passed" : "did not pass")}";

        public string? Map(RolledBack e) => $"Rolled back: {e.Reason}";

        public string? Map(Committed e) => $"Committed {e.Sha}";

        public string? Map(UsageCounted fact) => null;

        public string? Map(NoticeRaised e) => $"{e.Title}: {e.Description}";

        public string? Map(TrackRecordUpdated fact) => null;

        public string? Map(ReportWritten fact) => null;

        public string? Map(RunFinished e) => e.Message;
    }

    private static string Text(McpSolved solved, RunOutcome outcome)
    {
        var text = new StringBuilder(outcome.Message);
        var written = solved.Report?.Files ?? [];
        if (solved.Report is { } report)
        {
            text.Append(report.Summary == outcome.Message ? "" : $"\n\n{report.Summary}")
                .Append($"\n\n{report.FilesAfterwards}")
                .Append(string.Concat(report.Notes.Select(note => $"\n\nNote: {note}")));
        }
        foreach (var file in written)
        {
            text.Append($"\n- {file.Path} (+{file.Added} -{file.Removed})");
        }
        // What was only proposed can be seen nowhere else.
        if (written.Count == 0 && solved.Plan is { } plan)
        {
            text.Append("\n\nThe plan:")
                .Append(string.Concat(plan.Steps.Select((step, at) => $"\n{at + 1}. {step}")))
                .Append($"\nFiles: {string.Join(", ", plan.Files)}");
        }
        if (written.Count == 0 && solved.Patch is { } patch)
        {
            var whole = string.Join('\n', patch.Files.Select(file => $"--- {file.From ?? file.Path}\n+++ {file.Path}\n{file.Unified}"));
            var shown = whole.Length <= MostPatch ? whole.Length : whole.LastIndexOf('\n', MostPatch) + 1;
            text.Append("\n\nThe proposed patch:\n").Append(whole, 0, shown);
            if (shown < whole.Length)
            {
                text.Append($"[{whole.Length - shown} characters more; codex-sidecar runs show {outcome.RunId} has them]");
            }
        }
        foreach (var denied in solved.Denied)
        {
            text.Append($"\n\nNot allowed: {denied}");
        }
        return text.Append(
                written.Count == 0
                    ? $"\n\nRun {outcome.RunId}."
                    : $"\n\nRun {outcome.RunId}; codex-sidecar runs undo {outcome.RunId} takes it back."
            )
            .ToString();
    }

    private static CallToolResult Result(bool ok, string text, McpAnswer answer) =>
        new()
        {
            Content = [new TextContentBlock { Text = text }],
            StructuredContent = JsonSerializer.SerializeToElement(answer, McpJson.Wire.McpAnswer),
            IsError = !ok,
        };
}
