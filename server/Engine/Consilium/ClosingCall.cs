using System.Globalization;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Patching.Parsing;

namespace CodexSidecar.Engine.Consilium;

/// <summary>The Director's last word: the decision becomes an ordered execution checklist.</summary>
internal static class ClosingCall
{
    private const int MostItems = 12,
        LongText = 200,
        ClosingTokens = 512;

    /// <summary>Asks once, once more after a list that cannot be read, and then makes the list of the plan itself.</summary>
    public static async Task<IReadOnlyList<ChecklistItem>> ChecklistAsync(
        AskTail ask,
        Ballot ballot,
        BallotResult result,
        string? testCommand,
        CancellationToken cancellationToken
    )
    {
        var tail = Tail(result, testCommand);
        var (purpose, question) = ("closing", tail);
        for (var isAgain = false; ; isAgain = true)
        {
            var reply = await ask(new(purpose, question, ClosingTokens), cancellationToken);
            if (Read(reply.Text, ballot.Files) is { Count: > 0 } items)
            {
                return Complete(items, result, testCommand);
            }
            if (isAgain)
            {
                break;
            }
            var problem = reply.Because("Your last answer held no ITEM line.");
            (purpose, question) = ("closing:again", $"{tail}\n\n{problem} Answer again in exactly this form.");
        }
        return ByCode(ballot.Steps, ballot.Files, result, testCommand);
    }

    /// <summary>Without a Director: the plan's steps in order, then what was verified, then the tests.</summary>
    public static IReadOnlyList<ChecklistItem> ByCode(
        IReadOnlyList<string> steps,
        IReadOnlyList<string> files,
        BallotResult? result,
        string? testCommand
    ) =>
        Complete(
            [.. steps.Select(step => new ChecklistItem("", step, [.. files.Where(file => step.Contains(file, StringComparison.Ordinal))]))],
            result,
            testCommand
        );

    private static string Tail(BallotResult result, string? testCommand) =>
        $"""
            You are the Director. The votes on the plan:
            {string.Join(
                '\n',
                result.Votes.Select(vote => $"- {RoleText.Name(vote.Role)}: {Wire.Name(vote.Verdict)}. {vote.Decision}".TrimEnd())
            )}
            Result: {result.Tally.Rule}.
            {Objections(result)}
            Write the execution checklist: 1 to 6 items in the order of work. {(
                testCommand is null ? "There are no tests to run." : $"The tests run by themselves at the end ({testCommand})."
            )}
            Answer with one line for each item and nothing else:
            ITEM: what to do, in one sentence | files, separated by commas | how it is checked
            """;

    private static string Objections(BallotResult result)
    {
        static string Weight(Objection objection) => objection.State is ObjectionState.Verified ? "verified" : "advice";
        var lines = result.Objections.Select(one => $"- {Weight(one.Objection)}, {RoleText.Name(one.Role)}: {one.Objection.Text}").ToList();
        return lines.Count == 0 ? "No objections." : "Objections:\n" + string.Join('\n', lines);
    }

    private static List<ChecklistItem> Read(string reply, IReadOnlyList<string> planned) =>
        [
            .. ReplyFields
                .Read(reply, "item")
                .All("item")
                .Where(item => item.Length > 0)
                .Take(MostItems)
                .Select(item => item.Split('|', StringSplitOptions.TrimEntries))
                .Select(parts => new ChecklistItem(
                    "",
                    Cut(parts[0]),
                    parts.Length > 1 ? Files(parts[1], planned) : [],
                    parts.Length > 2 && parts[2].Length > 0 ? Cut(parts[2]) : null
                )),
        ];

    private static IReadOnlyList<string> Files(string text, IReadOnlyList<string> planned) =>
        [
            .. PathList
                .Read(text, planned.Contains)
                .SelectMany(file => file.Exists ? [file.Path] : file.Path.Split(' ').Select(word => word.Trim('`')).Where(IsName)),
        ];

    private static bool IsName(string word) => word.Contains('.') || word.Contains('/');

    /// <summary>The Director may order and sharpen; a verified objection's check and the tests are put back if they were dropped.</summary>
    private static IReadOnlyList<ChecklistItem> Complete(IReadOnlyList<ChecklistItem> items, BallotResult? result, string? testCommand)
    {
        var verified = (result?.Objections ?? [])
            .Where(one => one.Objection.State is ObjectionState.Verified)
            .Select(one => $"{one.Objection.Text} ({RoleText.Name(one.Role)})")
            .Where(text => !items.Any(item => item.Text.Contains(text, StringComparison.OrdinalIgnoreCase)))
            .Select(text => new ChecklistItem("", Cut(text), [], "consilium"));
        var all = items.Where(item => testCommand is null || item.Text != $"Run {testCommand}").Concat(verified).ToList();
        if (testCommand is not null)
        {
            all.Add(new("", $"Run {testCommand}", [], testCommand));
        }
        return [.. all.Select((item, index) => item with { Id = string.Create(CultureInfo.InvariantCulture, $"c{index + 1}") })];
    }

    private static string Cut(string text) => text.Length <= LongText ? text : text[..(LongText - 1)] + "…";
}
