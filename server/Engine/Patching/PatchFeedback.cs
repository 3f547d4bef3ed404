using System.Globalization;
using System.Text;
using CodexSidecar.Engine.Patching.Feedback;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Patching;

/// <summary>What the model is told about blocks that were refused, so that it can repair them. The same plan gives the same
/// bytes.</summary>
internal static class PatchFeedback
{
    private const int MostInFull = 3,
        MostSearchLines = 12,
        Around = 5,
        AroundAgain = 20,
        LongestLine = 500,
        LongestPath = 200,
        LongestMessage = 600;

    /// <param name="mostChars">About 3.5 a token.</param>
    public static string Write(PatchPlan plan, PatchBase workspace, int mostChars)
    {
        var failures = plan.Failures;
        if (failures.Count == 0)
        {
            return "";
        }
        // What to do now is said whatever else has no room.
        var tail = Tail(plan, workspace);
        var room = mostChars - tail.Length;
        var text = new StringBuilder(Head(plan));
        foreach (var failure in failures)
        {
            Append(text, Line(failure), room);
        }
        // The details of a block are worth more than those of the next one.
        foreach (
            var failure in failures.Where(failure => failure.Block is ReplaceBlock && failure.Refusal.Code is "not_found").Take(MostInFull)
        )
        {
            Append(text, Details(plan, workspace, failure, (ReplaceBlock)failure.Block!), room);
        }
        Append(text, tail, mostChars);
        return text.Length <= mostChars ? text.ToString() : text.ToString(0, Math.Max(0, mostChars));
    }

    private static string Head(PatchPlan plan)
    {
        var refused = plan.Failures.Count;
        var cut = plan.Failures.Any(failure => failure.Refusal.Code == "cut")
            ? "Your reply reached its length limit and was cut off; answer more shortly or with fewer blocks.\n"
            : "";
        var kept = plan.Good switch
        {
            0 => "",
            1 => " 1 other block is fine and is kept: do not send it again.",
            var many => string.Create(CultureInfo.InvariantCulture, $" {many} other blocks are fine and are kept: do not send them again."),
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{cut}{refused} {(refused == 1 ? "block" : "blocks")} of your reply cannot be used.{kept}\n"
        );
    }

    private static string Line(FailedBlock failure)
    {
        var (block, path, _, message) = failure.Refusal;
        var where =
            (block > 0 ? $"Block {block.ToString(CultureInfo.InvariantCulture)}" : "The reply")
            + (path.Length > 0 ? $", {Cut(path, LongestPath)}" : "");
        return $"\n{where}: {Cut(message, LongestMessage)}\n";
    }

    private static string Details(PatchPlan plan, PatchBase workspace, FailedBlock failure, ReplaceBlock block)
    {
        var search = LineText.Lines(block.Search);
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"\nBlock {block.Number} searched for:\n"));
        foreach (var line in search.Take(MostSearchLines))
        {
            text.Append(Cut(line, LongestLine)).Append('\n');
        }
        if (search.Length > MostSearchLines)
        {
            text.Append(CultureInfo.InvariantCulture, $"({search.Length - MostSearchLines} more lines)\n");
        }
        if (Text(plan, workspace, failure.Refusal.Path) is not { } file)
        {
            return text.ToString();
        }
        string[] lines = [.. file.Lines.Select(line => line.Text)];
        if (NearestWindow.Find(lines, search) is not var (start, count))
        {
            return text.ToString();
        }
        // The second time the model sees more of the file.
        var around = plan.FailedInARow.GetValueOrDefault(failure.Refusal.Path) > 1 ? AroundAgain : Around;
        var window = lines[Math.Max(0, start - around)..Math.Min(lines.Length, start + Math.Min(count, 2 * MostSearchLines) + around)];
        // Half a line would be copied as a whole one, and a hidden value is not to be shown.
        if (window.Any(line => line.Length > LongestLine) || Secrets.Redact(string.Join('\n', window)) != string.Join('\n', window))
        {
            return text.ToString();
        }
        text.Append("The nearest lines in the file are, to be copied exactly:\n");
        foreach (var line in window)
        {
            text.Append(line).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>What to send now.</summary>
    private static string Tail(PatchPlan plan, PatchBase workspace)
    {
        var stuck = plan.FailedInARow.Where(file => file.Value > 1).Select(file => file.Key).Order(StringComparer.Ordinal).ToList();
        var whole = stuck.FirstOrDefault(path => Text(plan, workspace, path) is { } text && EditFormat.IsShort(text.ToString()));
        if (whole is not null)
        {
            return $"\nSend {Cut(whole, LongestPath)} now as a whole: the path on its own line, then one fenced block with the "
                + $"complete new text.\n";
        }
        return stuck.Count > 0 ? "\nSend only one block now, copied from the lines shown.\n"
            : plan.Failures.Any(failure => failure.Refusal.Block > 0) ? "\nSend only the corrected blocks, in the same form.\n"
            : "";
    }

    /// <summary>As the plan leaves it, else as it is; null: not readable, and then nothing is quoted.</summary>
    private static FileText? Text(PatchPlan plan, PatchBase workspace, string path)
    {
        if (plan.Changes.FirstOrDefault(change => change.Path == path) is { } change)
        {
            return change.After?.Text;
        }
        try
        {
            return workspace.Paths.Contains(path) && workspace.Read(path) is { } bytes ? workspace.Texts.Read(path, bytes) : null;
        }
        catch (Exception unreadable) when (unreadable is WorkspaceException or RefusedException)
        {
            return null;
        }
    }

    private static void Append(StringBuilder text, string part, int mostChars)
    {
        if (text.Length + part.Length <= mostChars)
        {
            text.Append(part);
        }
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most] + " (cut)";
}
