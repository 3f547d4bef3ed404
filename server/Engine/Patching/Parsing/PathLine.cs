namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>Finds the file name in a line a model wrote above a block, whatever it is dressed in.</summary>
internal static class PathLine
{
    private const int Longest = 1024;

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

    private static readonly HashSet<string> BareNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "Makefile",
        "Dockerfile",
        "Containerfile",
        "LICENSE",
        "README",
        "CHANGELOG",
        "Gemfile",
        "Rakefile",
        "Procfile",
        "Jenkinsfile",
        "Vagrantfile",
        "Justfile",
        "CODEOWNERS",
        "NOTICE",
        "AUTHORS",
        "Brewfile",
        "BUILD",
        "WORKSPACE",
    };

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

    /// <summary>A line that holds a file name and nothing else; null for prose and code.</summary>
    public static string? Read(string line)
    {
        if (line.Length > Longest || !line.Any(char.IsLetter))
        {
            return null;
        }
        var text = line.Trim();
        var quoted = false;
        for (var before = ""; text != before; )
        {
            before = text;
            text = Undress(text, ref quoted);
        }
        return LooksLikePath(text) && (quoted || !text.Contains(' ', StringComparison.Ordinal)) ? text : null;
    }

    /// <summary>A path whose place is certain, as after a marker, without the quotes around it.</summary>
    public static string Strip(string text) => text.Trim().Trim('`', '"', '\'').Trim();

    /// <summary>A single word right above a block or its fence: a file's name if there is such a file, as <c>Pipfile</c>. Null:
    /// none.</summary>
    public static string? ReadWord(string[] lines, int block)
    {
        var above = block - 1;
        if (above >= 0 && Fences.Read(lines[above]) is not null)
        {
            above--;
        }
        while (above > 0 && above >= block - 2 && lines[above].Length == 0)
        {
            above--;
        }
        if (above < 0 || lines[above].Length > Longest)
        {
            return null;
        }
        var word = lines[above].Trim().TrimEnd(':').Trim('`', '*', '"');
        return
            word.Length > 0
            && word.All(letter => char.IsLetterOrDigit(letter) || letter is '.' or '_' or '-' or '+')
            && word.Any(char.IsLetter)
            ? word
            : null;
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
            .Where((part, i) => i % 2 == 1 && i < parts.Length - 1 && LooksLikePath(part) && !part.Contains(' ', StringComparison.Ordinal))
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
            if (colon > 1 && !word.StartsWith("file:", StringComparison.OrdinalIgnoreCase) && LooksLikePath(word[(colon + 1)..]))
            {
                return word[(colon + 1)..];
            }
            if (LooksLikePath(word.Trim('`', '"', '\'')))
            {
                return word.Trim('`', '"', '\'');
            }
        }
        return null;
    }

    public static bool LooksLikePath(string text)
    {
        if (text.Length is 0 or > Longest || text.Any(letter => char.IsControl(letter) || "<>|*?\"`=;,".Contains(letter)))
        {
            return false;
        }
        if (text.Contains("://", StringComparison.Ordinal) && !text.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        var name = text[(text.LastIndexOfAny(['/', '\\']) + 1)..];
        if (BareNames.Contains(name) || HasExtension(name))
        {
            return true;
        }
        // Without an extension only plain characters: "and/or" may be a file, "(a/b)" is not.
        return name.Length > 0
            && name.Length < text.Length
            && text.All(letter => char.IsLetterOrDigit(letter) || "/\\._-@+~: ".Contains(letter))
            && text.Any(char.IsLetter);
    }

    private static bool HasExtension(string name)
    {
        var extension = name[(name.LastIndexOf('.') + 1)..];
        return extension.Length < name.Length
            && extension.Length is > 0 and <= 20
            && !name.EndsWith("..", StringComparison.Ordinal)
            && !name.Contains('(', StringComparison.Ordinal)
            && extension.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-')
            && extension.Any(char.IsAsciiLetter);
    }

    private static string Undress(string text, ref bool quoted)
    {
        foreach (var (open, close) in Wraps)
        {
            if (
                text.Length > open.Length + close.Length
                && text.StartsWith(open, StringComparison.Ordinal)
                && text.EndsWith(close, StringComparison.Ordinal)
            )
            {
                quoted |= open is not ("/*" or "<!--" or "*");
                return text[open.Length..^close.Length].Trim();
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
            quoted = true;
            return rest;
        }
        if (text.EndsWith(':'))
        {
            return text[..^1].TrimEnd();
        }
        var bracket = text.LastIndexOf(" (", StringComparison.Ordinal);
        return text.EndsWith(')') && bracket > 0 ? text[..bracket].TrimEnd() : text;
    }

    private static string? Value(string text)
    {
        var quote = text.Length > 0 && text[0] is '"' or '\'' ? text[..1] : null;
        var end = quote is null ? text.IndexOfAny([' ', '}']) : text.IndexOf(quote, 1, StringComparison.Ordinal);
        var value =
            quote is null ? (end < 0 ? text : text[..end])
            : end < 0 ? text[1..]
            : text[1..end];
        return value.Length > 0 ? value : null;
    }
}
