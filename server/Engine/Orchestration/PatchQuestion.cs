using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Prompts;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>The words that ask for edits.</summary>
internal static class PatchQuestion
{
    public static string First(RunServices services, ContextBuilder context, AgreedPlan agreed) =>
        $"""
            ## Question
            Carry out the plan. Checklist:
            {string.Join('\n', agreed.Checklist.Select(item => $"- {item.Text}{Check(item)}"))}

            {Format(services, context, agreed.Plan.Files)}
            Change only what the task needs. One short sentence of explanation before the edits is enough.
            """;

    private static string Check(ChecklistItem item) =>
        item.Check is null or "" || item.Text.Contains(item.Check, StringComparison.Ordinal) ? "" : $" (check: {item.Check})";

    public static string Repair(RunServices services, ContextBuilder context, TestRun run)
    {
        var changed = services.Changes.Patched;
        return $"""
            The edits were applied, but the tests fail:
            {Secrets.Redact(context.Failure(run))}

            The changed files as they are now:
            {context.Contents(changed, ContextBudget.Chars(context.Budget.Files) / 2, run)}
            Find the mistake and send only the edits that correct it, in the same form as before.
            """;
    }

    public static string Objected(RunServices services, ContextBuilder context, BallotResult result) =>
        $"""
            The tests pass, but this is proven against the change:
            {string.Join('\n', result.Proven.Select(one => $"- {RoleText.Name(one.Role)}, {one.Objection.At}: {one.Objection.Text}"))}

            The changed files as they are now:
            {context.Contents(services.Changes.Patched, ContextBudget.Chars(context.Budget.Files) / 2, null)}
            Send only the edits that deal with it, in the same form as before.
            """;

    /// <summary>A file with hidden values, or of which only parts were shown, must not be sent as a whole: the rest would be
    /// lost.</summary>
    private static string Format(RunServices services, ContextBuilder context, IReadOnlyList<string> files)
    {
        var targets = files
            .Select(path => (Path: path, Text: services.Readable(path)))
            .Select(file => new EditTarget(
                file.Path,
                file.Text,
                WholeWasCut: context.IsPartial(file.Path) || (file.Text?.Contains("[redacted:", StringComparison.Ordinal) ?? false)
            ))
            .ToList();
        return EditFormat.Describe(targets, context.Budget.Output).TrimEnd();
    }
}
