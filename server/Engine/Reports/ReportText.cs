using System.Text;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Reports;

/// <summary>The report for people, as Markdown.</summary>
internal static class ReportText
{
    public static string Write(Report report)
    {
        var say = ReportWords.Of(report.Task);
        var text = new StringBuilder();
        text.Append($"# {Line(ReportWords.Title(report))}\n\n");
        Rows(
            text,
            null,
            ["", ""],
            [
                [say("Task"), report.Task],
                [say("Run"), report.RunId],
                [say("Ended by"), Wire.Name(report.Stop) + (report.Detail is null ? "" : $" ({report.Detail})")],
                [say("Files"), say(report.FilesAfterwards)],
                [say("Level"), $"{(int)report.Level} ({Wire.Name(report.Level)})"],
                [say("Model"), report.Model],
                [say("Tests before"), Tests(report.TestsBefore, say)],
                [say("Tests after"), Tests(report.TestsAfter, say)],
                [say("Time"), $"{report.Milliseconds / 1000.0:0.0} s"],
                [say("Model use"), Use(report.Usage, say)],
                .. report.Commit is null ? [] : new[] { new[] { say("Commit"), report.Commit } },
            ]
        );
        Rows(
            text,
            say("Changed files"),
            [say("File"), say("Change"), say("Lines")],
            report.Files.Select(file => new[] { file.Path, Wire.Name(file.Change), $"+{file.Added} -{file.Removed}" })
        );
        Rows(
            text,
            say("Commands"),
            [say("Command"), say("Allowed by"), say("Result"), say("Time"), say("Sandbox")],
            report.Commands.Select(command =>
                new[]
                {
                    command.Command,
                    $"{command.Decision}: {command.Reason}",
                    command.ExitCode is { } code ? $"exit code {code}" : say("not run to its end"),
                    $"{command.Milliseconds / 1000.0:0.0} s",
                    command.Sandbox,
                }
            )
        );
        Rows(
            text,
            say("Votes"),
            [say("Role"), say("Verdict"), say("Confidence"), say("Decision"), say("Risks"), say("Checks")],
            report
                .Votes.OrderBy(vote => vote.Role)
                .Select(vote =>
                    new[]
                    {
                        vote.Role.ToString(),
                        Wire.Name(vote.Verdict) + (vote.State is VoteState.Valid ? "" : $" ({Wire.Name(vote.State)})"),
                        vote.Confidence is { } sure ? $"{sure}/10" : "-",
                        vote.Decision,
                        string.Join("; ", vote.Risks),
                        string.Join("; ", vote.Checks),
                    }
                )
        );
        List(text, say("Checklist"), report.Checklist.Select(item => item.Text));
        List(text, say("Notes"), report.Notes);
        return text.ToString();
    }

    private static void Rows(StringBuilder text, string? title, string[] header, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
        {
            return;
        }
        text.Append(title is null ? "" : $"## {title}\n\n")
            .Append($"| {string.Join(" | ", header)} |\n|{string.Concat(header.Select(_ => " --- |"))}\n");
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

    private static string Tests(TestResult? result, Func<string, string> say) =>
        result switch
        {
            null => say("not run"),
            { Passed: null, Failed: null } => $"{Wire.Name(result.Outcome)} ({result.Command})",
            _ => $"{Wire.Name(result.Outcome)}: {result.Passed ?? 0} {say("passed")}, {result.Failed ?? 0} {say("failed")} "
                + $"({result.Command})",
        };

    private static string Use(Usage usage, Func<string, string> say)
    {
        var share = usage is { CachedTokens: > 0, PromptTokens: > 0 } ? $", {100 * usage.CachedTokens / usage.PromptTokens} %" : "";
        return $"{say("Requests")}: {usage.Requests}; {say("tokens read")}: {usage.PromptTokens} "
            + $"({say("from the server's cache")}: {usage.CachedTokens}{share}), "
            + $"{say("written")}: {usage.OutputTokens}{(usage.Estimated ? $" ({say("estimated")})" : "")}";
    }

    private static string Line(string text) => text.ReplaceLineEndings(" ").Trim();
}
