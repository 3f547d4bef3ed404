using System.Text;
using System.Text.Json;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>The report for people, as Markdown.</summary>
internal static class ReportText
{
    public static string Write(Report report)
    {
        var text = new StringBuilder();
        text.Append($"# {Line(report.Summary)}\n\n");
        Rows(text, null, ["", ""],
        [
            ["Task", report.Task], ["Run", report.RunId], ["Ended by", Code(report.Stop) + (report.Detail is null ? "" : $" ({report.Detail})")], ["Files", report.FilesAfterwards],
            ["Level", $"{(int)report.Level} ({Code(report.Level)})"], ["Model", report.Model], ["Tests before", Tests(report.TestsBefore)], ["Tests after", Tests(report.TestsAfter)],
            ["Time", $"{report.Milliseconds / 1000.0:0.0} s"], ["Model use", Use(report.Usage)], .. report.Commit is null ? [] : new[] { new[] { "Commit", report.Commit } },
        ]);
        Rows(text, "Changed files", ["File", "Change", "Lines"], report.Files.Select(file => new[] { file.Path, Code(file.Change), $"+{file.Added} -{file.Removed}" }));
        Rows(text, "Commands", ["Command", "Allowed by", "Result", "Time", "Sandbox"], report.Commands.Select(command =>
            new[] { command.Command, $"{command.Decision}: {command.Reason}", command.ExitCode is { } code ? $"exit code {code}" : "not run to its end", $"{command.Milliseconds / 1000.0:0.0} s", command.Sandbox }));
        Rows(text, "Votes", ["Role", "Verdict", "Confidence", "Decision", "Risks", "Checks"], report.Votes.OrderBy(vote => vote.Role).Select(vote =>
            new[] { vote.Role.ToString(), Code(vote.Verdict) + (vote.State is VoteState.Valid ? "" : $" ({Code(vote.State)})"), vote.Confidence is { } sure ? $"{sure}/10" : "-", vote.Decision, string.Join("; ", vote.Risks), string.Join("; ", vote.Checks) }));
        List(text, "Checklist", report.Checklist.Select(item => item.Text));
        List(text, "Notes", report.Notes);
        return text.ToString();
    }

    private static void Rows(StringBuilder text, string? title, string[] header, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
        {
            return;
        }
        text.Append(title is null ? "" : $"## {title}\n\n").Append($"| {string.Join(" | ", header)} |\n|{string.Concat(header.Select(_ => " --- |"))}\n");
        foreach (var row in all)
        {
            text.Append($"| {string.Join(" | ", row.Select(cell => Line(cell).Replace("|", "\\|", StringComparison.Ordinal)))} |\n");
        }
        text.Append('\n');
    }

    private static void List(StringBuilder text, string title, IEnumerable<string> items)
    {
        var all = items.ToList();
        if (all.Count > 0)
        {
            text.Append($"## {title}\n\n").AppendJoin("", all.Select(item => $"- {Line(item)}\n")).Append('\n');
        }
    }

    private static string Tests(TestResult? result) => result switch
    {
        null => "not run",
        { Passed: null, Failed: null } => $"{Code(result.Outcome)} ({result.Command})",
        _ => $"{Code(result.Outcome)}: {result.Passed ?? 0} passed, {result.Failed ?? 0} failed ({result.Command})",
    };

    private static string Use(Usage usage) =>
        $"{usage.Requests} requests, {usage.PromptTokens} tokens in ({usage.CachedTokens} from the server's cache), {usage.OutputTokens} out{(usage.Estimated ? ", estimated" : "")}";

    private static string Code<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static string Line(string text) => text.ReplaceLineEndings(" ").Trim();
}
