using System.Text.RegularExpressions;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>What a patch must pass before anybody is asked about it: no hidden value overwritten, no unsaved file, not too much, no tests bent to pass.</summary>
internal static partial class PatchGate
{
    /// <summary>The model never sees secrets; a file it sends back with the mark in their place would destroy them.</summary>
    public static string? Hidden(PatchPlan plan) => plan.Files
        .Where(file => Marks(file.After) > Marks(file.Before))
        .Select(file => $"{file.Path} holds values that are hidden from you as [redacted:...]. Leave those lines out of your edits: use SEARCH/REPLACE for other lines only.")
        .FirstOrDefault();

    /// <summary>By its name and folder, as the usual test programs look for them.</summary>
    public static bool IsTest(string path) => TestFile().IsMatch(path);

    /// <exception cref="RunStop">limit_changes, forbidden or user_rejected</exception>
    public static async Task CheckAsync(RunKit kit, Patch patch, CancellationToken cancellationToken)
    {
        await CheckSavedAsync(kit, patch, cancellationToken);
        var lines = patch.Files.Sum(file => file.Added + file.Removed);
        if (patch.Files.Count > Guards.MostFiles || lines > Guards.MostLines)
        {
            await AskAsync(kit, $"Apply a large patch: {patch.Files.Count} files, {lines} lines?", $"More than {Guards.MostFiles} files or {Guards.MostLines} lines.", StopReason.LimitChanges, cancellationToken);
        }
        var weakened = patch.Files.Where(file => file.Change is not FileChange.Added && file.Removed > 0 && IsTest(file.Path)).Select(file => file.Path).ToList();
        if (weakened.Count > 0 && !Test().IsMatch(kit.Order.Task))
        {
            await AskAsync(kit, $"Let the patch change existing tests ({string.Join(", ", weakened)})?", "The task does not ask for other tests; changed tests prove nothing.", StopReason.Forbidden, cancellationToken);
        }
    }

    /// <summary>Asked before the user looks at the patch, and again right before it is written: people type meanwhile.</summary>
    /// <exception cref="RunStop">forbidden (unsaved)</exception>
    public static async Task CheckSavedAsync(RunKit kit, Patch patch, CancellationToken cancellationToken)
    {
        var paths = patch.Files.SelectMany(file => new[] { file.Path, file.From }).OfType<string>().ToList();
        var unsaved = kit.Order.ReadUnsaved is { } read ? await read(paths, cancellationToken) : kit.Order.Unsaved;
        if (paths.FirstOrDefault(unsaved.Contains) is { } path)
        {
            throw new RunStop(StopReason.Forbidden, "unsaved", $"{path} has unsaved changes in the editor. Save or discard them first.");
        }
    }

    private static async Task AskAsync(RunKit kit, string question, string reason, StopReason otherwise, CancellationToken cancellationToken)
    {
        var answer = await kit.Guards.WaitForUserAsync(() => kit.Context.Ask(new("gate", null, AskSubject.Gate, Risk.Medium, question, reason), cancellationToken));
        if (!answer.Allowed)
        {
            throw new RunStop(otherwise, $"Not allowed: {question} {reason}");
        }
    }

    private static int Marks(byte[]? bytes) => bytes is null ? 0 : bytes.AsSpan().Count("[redacted:"u8);

    [GeneratedRegex(@"(^|/)(tests?|specs?|__tests__)/|[._-](test|spec|tests|specs)\.\w+$|(^|/)test_[^/]+\.py$|(Tests?|Specs?)\.(cs|fs|vb|java|kt)$", RegexOptions.IgnoreCase)]
    private static partial Regex TestFile();

    [GeneratedRegex(@"\b(tests?|specs?|assert\w*|expect\w*|coverage)\b|тест", RegexOptions.IgnoreCase)]
    private static partial Regex Test();
}
