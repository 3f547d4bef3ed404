using System.Text;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Tools;

namespace CodexSidecar.Faces.Acp;

/// <summary>The words a client shows that knows nothing of our events.</summary>
internal static class AcpWords
{
    public static (string Title, string Kind) Tool(string tool, JsonElement input) =>
        ToolEntrance.Tools.FirstOrDefault(one => one.Name == tool) is { } known
            ? (known.CallTitle(input), KindOf(known.Kind))
            : (tool, "other");

    public static string? PathOf(JsonElement input) =>
        input.ValueKind == JsonValueKind.Object && input.TryGetProperty("path", out var path) && path.ValueKind == JsonValueKind.String
            ? path.GetString()
            : null;

    public static string Plan(PlanProposed plan) => string.Join('\n', plan.Steps.Select((step, i) => $"{i + 1}. {step}"));

    public static string Votes(IEnumerable<Vote> votes, VotesTallied? tally = null)
    {
        var text = new StringBuilder("| Role | Verdict | Confidence | Decision |\n|---|---|---|---|");
        foreach (var vote in votes)
        {
            text.Append(
                $"\n| {RoleName(vote.Role)} | {Wire.Name(vote.Verdict)} | {vote.Confidence?.ToString() ?? "-"} | {Cell(vote.Decision)} |"
            );
        }
        if (tally is null)
        {
            return text.ToString();
        }
        var (approve, revise, reject, abstain) = tally.Counts;
        var counts = new[] { (approve, "approve"), (revise, "revise"), (reject, "reject"), (abstain, "abstain") }
            .Where(count => count.Item1 > 0)
            .Select(count => $"{count.Item1} {count.Item2}");
        return text.Append($"\n\n**{Wire.Name(tally.Verdict)}**: {string.Join(", ", counts)}. {tally.Rule}").ToString();
    }

    public static string PatchTitle(PatchProposed patch) =>
        patch.Files is [var only] ? $"Patch {only.Path}" : $"Patch {patch.Files.Count} files";

    public static string Report(Report report) => $"{report.Summary}\n\n{report.FilesAfterwards}";

    public static string Failures(TestResult result) => string.Join('\n', result.Failures);

    /// <summary>Output as a code block, with a fence the output cannot close.</summary>
    public static string Block(string text)
    {
        var fence = FenceText.Around(text);
        return $"{fence}\n{text.TrimEnd('\n')}\n{fence}";
    }

    public static string RoleName(Role role) => role == Role.Qa ? "QA" : role.ToString();

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|");

    private static string KindOf(ToolKind kind) =>
        kind switch
        {
            ToolKind.Read => "read",
            ToolKind.Search => "search",
            ToolKind.Write => "edit",
            ToolKind.Run => "execute",
        };
}
