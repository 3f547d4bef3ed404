namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>Lines that stand for code the model did not write out. Applied as they are they would delete it.</summary>
internal static class Elision
{
    private const int MostWords = 9;

    private static readonly string[] Comments = ["{/*", "<!--", "/*", "//", "--", "#", ";", "%", "*"];

    private static readonly string[] CommentEnds = ["*/}", "-->", "*/"];

    private static readonly string[] Telling =
    [
        "existing",
        "rest",
        "unchanged",
        "remaining",
        "previous",
        "same",
        "other",
        "omitted",
        "code",
        "implementation",
        "as before",
        "here",
        "keep",
    ];

    private static readonly string[] Clear = ["existing", "rest of", "unchanged", "remaining", "same as", "as before", "omitted"];

    private static readonly string[] Ends =
    [
        "unchanged",
        "remains unchanged",
        "remain unchanged",
        "stays unchanged",
        "remains the same",
        "remain the same",
        "stays the same",
        "as before",
        "here",
        "omitted",
    ];

    /// <summary>The first new line that elides; null: none.</summary>
    /// <param name="known">The file holds this very line already.</param>
    /// <param name="above">The line above the first one.</param>
    public static string? Find(IReadOnlyList<string> lines, Func<string, bool> known, string path, string? above)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (
                Is(lines[i])
                && !known(lines[i])
                && !IsYamlEnd(lines[i], path)
                && !IsPythonBody(lines[i], i > 0 ? LastFilled(lines, i) ?? above : above, path)
            )
            {
                return lines[i];
            }
        }
        return null;
    }

    public static RefusedException Refused(string line) =>
        new(
            "elision",
            $"The new text has the line \"{Short(line)}\", which stands for code that is not written out. Write every line, or only "
                + $"the lines that change as SEARCH/REPLACE."
        );

    public static bool Is(string line)
    {
        var text = line.Trim();
        if (text.Length is 0 or > 120)
        {
            return false;
        }
        var plain = Uncomment(text);
        var comment = plain.Length < text.Length;
        var words = plain.Trim('.', '…', ' ', '(', ')', '[', ']').ToLowerInvariant();
        var dotted = Dotted(plain);
        if (dotted && words.Length == 0)
        {
            return plain.Length > 0;
        }
        if (words.Split(' ').Length > MostWords)
        {
            return false;
        }
        var leading = plain.StartsWith("...", StringComparison.Ordinal) || plain.StartsWith('…');
        // "...existing" without a blank is a spread in code; a comment may end with dots and mean nothing by it.
        if (leading && (comment || plain.TrimStart('.', '…').StartsWith(' ')))
        {
            return Array.Exists(Telling, word => words.Contains(word, StringComparison.Ordinal));
        }
        return SaysRest(words) || (dotted && comment && Array.Exists(Clear, word => words.Contains(word, StringComparison.Ordinal)));
    }

    private static bool SaysRest(string words)
    {
        words = words.TrimEnd('.', '!');
        words = words.StartsWith("the ", StringComparison.Ordinal) ? words[4..] : words;
        if (
            words
            is "rest unchanged"
                or "existing code"
                or "existing code here"
                or "unchanged code"
                or "rest of the code"
                or "rest of code"
                or "rest of the file"
                or "rest of file"
        )
        {
            return true;
        }
        return (
                words.StartsWith("rest of ", StringComparison.Ordinal)
                || words.StartsWith("remaining ", StringComparison.Ordinal)
                || words.StartsWith("existing ", StringComparison.Ordinal)
            ) && Ends.Any(end => words.EndsWith(" " + end, StringComparison.Ordinal));
    }

    private static bool Dotted(string text) =>
        text.StartsWith("...", StringComparison.Ordinal)
        || text.StartsWith('…')
        || text.EndsWith("...", StringComparison.Ordinal)
        || text.EndsWith('…');

    private static string Uncomment(string text)
    {
        foreach (var end in CommentEnds)
        {
            text = text.EndsWith(end, StringComparison.Ordinal) ? text[..^end.Length].TrimEnd() : text;
        }
        foreach (var start in Comments)
        {
            if (text.StartsWith(start, StringComparison.Ordinal))
            {
                return text[start.Length..].TrimStart('/', '#', '-', ' ');
            }
        }
        return text;
    }

    private static string? LastFilled(IReadOnlyList<string> lines, int before)
    {
        for (var i = before - 1; i >= 0; i--)
        {
            if (lines[i].AsSpan().Trim().Length > 0)
            {
                return lines[i];
            }
        }
        return null;
    }

    /// <summary>In YAML <c>...</c> ends a document.</summary>
    private static bool IsYamlEnd(string line, string path) =>
        line.TrimEnd() == "..." && Path.GetExtension(path).ToLowerInvariant() is (".yaml" or ".yml");

    /// <summary>In Python <c>...</c> is a body.</summary>
    private static bool IsPythonBody(string line, string? above, string path)
    {
        if (!path.EndsWith(".py", StringComparison.OrdinalIgnoreCase) && !path.EndsWith(".pyi", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        var end = above?.TrimEnd();
        return line.Trim() == "..."
            && end is not null
            && (end.EndsWith(':') || end.EndsWith("\"\"\"", StringComparison.Ordinal) || end.EndsWith("'''", StringComparison.Ordinal));
    }

    private static string Short(string line) => line.Trim() is { Length: <= 80 } text ? text : line.Trim()[..80];
}
