namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>Finds the file name in a line a model wrote above a block, whatever it is dressed in.</summary>
internal static class PathLine
{
    private const int Longest = 1024,
        MostSteps = 8;

    private static readonly string[] Labels =
    [
        "file path",
        "filepath",
        "file name",
        "filename",
        "new file",
        "modified file",
        "updated file",
        "file",
        "path",
        "create",
        "update",
        "modify",
        "edit",
    ];

    private static readonly (string Open, string Close)[] Wraps =
    [
        ("**", "**"),
        ("__", "__"),
        ("`", "`"),
        ("\"", "\""),
        ("'", "'"),
        ("<!--", "-->"),
        ("/*", "*/"),
        ("<path>", "</path>"),
        ("<file_path>", "</file_path>"),
        ("<parameter=path>", "</parameter>"),
        ("<parameter name=\"path\">", "</parameter>"),
        ("<parameter name=\"file_path\">", "</parameter>"),
        ("*", "*"),
    ];

    private static readonly string[] Openers = ["//", "--", ";", "%", "> ", "- ", "* ", "+ "];

    /// <summary>A line that holds a file name and nothing else; null for prose and code. A name with blanks must be marked as one, a name
    /// with commas and the like must stand in a tag; <see cref="Names"/> has those of files that exist.</summary>
    public static string? Read(string line)
    {
        if (line.Length > Longest || !line.Any(char.IsLetter))
        {
            return null;
        }
        var text = Trimmed(line);
        var sure = Sureness.None;
        for (var before = ""; text != before; )
        {
            before = text;
            text = Undress(text, ref sure);
        }
        return sure switch
        {
            Sureness.Tagged when PathLooks.LikeOddly(text) => text,
            Sureness.None when text.Contains(' ', StringComparison.Ordinal) => null,
            _ => PathLooks.Like(text) ? text : null,
        };
    }

    /// <summary>What may be the name of a file in a line, each time with a little less around it: the line itself first.</summary>
    public static IReadOnlyList<string> Names(string line)
    {
        var names = new List<string>();
        if (line.Length > Longest || !line.Any(char.IsLetterOrDigit))
        {
            return names;
        }
        var sure = Sureness.None;
        for (var text = Trimmed(line); names.Count == 0 || (text != names[^1] && names.Count < MostSteps); text = Undress(text, ref sure))
        {
            names.Add(text);
        }
        return names;
    }

    /// <summary>A path whose place is certain, as after a marker, without the quotes around it.</summary>
    public static string Strip(string text)
    {
        text = Trimmed(text);
        while (text.Length > 2 && text[0] == text[^1] && text[0] is '`' or '"' or '\'')
        {
            text = Trimmed(text[1..^1]);
        }
        return text;
    }

    /// <summary>"Here is the new `src/a.js`:" names its file too, as long as it names one only.</summary>
    public static string? ReadSentence(string line)
    {
        if (line.Length > Longest || !line.Contains('`', StringComparison.Ordinal))
        {
            return null;
        }
        var parts = line.Split('`');
        var names = parts
            .Where((part, i) => i % 2 == 1 && i < parts.Length - 1 && PathLooks.Like(part) && !part.Contains(' ', StringComparison.Ordinal))
            .Distinct()
            .ToList();
        return names is [var name] ? name : null;
    }

    /// <summary>The path in the words behind an opening fence: <c>js path=src/a.js</c>, <c>js:src/a.js</c>, <c>src/a.js</c>.</summary>
    public static string? ReadFenceWords(string words)
    {
        foreach (var key in new[] { "path=", "file=", "filename=", "title=" })
        {
            var at = words.IndexOf(key, StringComparison.OrdinalIgnoreCase);
            if (at >= 0 && (at == 0 || words[at - 1] is ' ' or '{'))
            {
                return Value(words[(at + key.Length)..]);
            }
        }
        foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = word.IndexOf(':', StringComparison.Ordinal);
            if (colon > 1 && !word.StartsWith("file:", StringComparison.OrdinalIgnoreCase) && PathLooks.Like(word[(colon + 1)..]))
            {
                return word[(colon + 1)..];
            }
            if (PathLooks.Like(word.Trim('`', '"', '\'')))
            {
                return word.Trim('`', '"', '\'');
            }
        }
        return null;
    }

    /// <summary>Only the blanks that a keyboard makes are no part of a name.</summary>
    public static string Trimmed(string text) => text.Trim(' ', '\t', '\r');

    private static string Undress(string text, ref Sureness sure)
    {
        foreach (var (open, close) in Wraps)
        {
            if (
                text.Length > open.Length + close.Length
                && text.StartsWith(open, StringComparison.Ordinal)
                && text.EndsWith(close, StringComparison.Ordinal)
            )
            {
                sure = Surer(
                    sure,
                    open is "/*" or "<!--" or "*" ? Sureness.None
                        : open is ['<', ..] ? Sureness.Tagged
                        : Sureness.Quoted
                );
                return Trimmed(text[open.Length..^close.Length]);
            }
        }
        foreach (var opener in Openers)
        {
            if (text.StartsWith(opener, StringComparison.Ordinal))
            {
                return text[opener.Length..].TrimStart();
            }
        }
        if (text.StartsWith('#'))
        {
            return text.TrimStart('#').TrimStart();
        }
        if (text is ['[', .., ')'] && text.IndexOf("](", StringComparison.Ordinal) is > 1 and var link)
        {
            return text[1..link];
        }
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        if (digits is > 0 and < 4 && text.Length > digits + 1 && text[digits] is '.' or ')' && text[digits + 1] == ' ')
        {
            return text[(digits + 2)..].TrimStart();
        }
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (
            colon > 0
            && colon < text.Length - 1
            && Labels.Contains(text[..colon].Trim(' ', '*', '_').ToLowerInvariant())
            && text[(colon + 1)..].Trim(' ', '*', '_') is { Length: > 0 } rest
            && !rest.StartsWith("//", StringComparison.Ordinal)
        )
        {
            sure = Surer(sure, Sureness.Quoted);
            return rest;
        }
        if (text.EndsWith(':'))
        {
            return text[..^1].TrimEnd();
        }
        var bracket = text.LastIndexOf(" (", StringComparison.Ordinal);
        return text.EndsWith(')') && bracket > 0 ? text[..bracket].TrimEnd() : text;
    }

    /// <summary>The value of a <c>path=</c>: in quotes, which may hold others of their kind, or up to the next blank.</summary>
    public static string? Value(string text)
    {
        if (text is not ['"' or '\'', ..])
        {
            var end = text.IndexOfAny([' ', '}']);
            return Filled(end < 0 ? text : text[..end]);
        }
        for (var end = text.IndexOf(text[0], 1); end > 0; end = text.IndexOf(text[0], end + 1))
        {
            if (end + 1 == text.Length || text[end + 1] is ' ' or '}' or '>' or '/' or ',')
            {
                return Filled(text[1..end]);
            }
        }
        return Filled(text[1..]);
    }

    private static string? Filled(string text) => text.Length > 0 ? text : null;

    private static Sureness Surer(Sureness one, Sureness other) => one > other ? one : other;

    /// <summary>How a line says that it is a name.</summary>
    private enum Sureness
    {
        None,

        /// <summary>In quotes, as code, in bold, or behind "File:".</summary>
        Quoted,

        /// <summary>In a tag of its own.</summary>
        Tagged,
    }
}
