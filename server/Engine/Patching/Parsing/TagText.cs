namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>What a line with a tag says: where the tag ends, its name, the path in it, and what stands beside it in its call.</summary>
internal static class TagText
{
    private const string Quotes = "\"\'\u201C\u201D\u2018\u2019";

    private static readonly string[] PathNames = [" path=", " name=", " file=", " filename=", " file_path=", " filePath="];

    /// <summary>What stands beside the text of a call that does not send the whole file.</summary>
    private static readonly string[] PartialNames =
    [
        "line",
        "insert_line",
        "line_number",
        "start_line",
        "end_line",
        "position",
        "anchor",
        "regex",
    ];

    private const int MostSiblings = 12;

    /// <summary>The path among the attributes of a tag; it may hold quotes itself.</summary>
    public static string? Path(string head)
    {
        foreach (var name in PathNames)
        {
            var at = head.IndexOf(name, StringComparison.Ordinal);
            var value = at < 0 ? "" : head[(at + name.Length)..].Trim();
            if (value.Length == 0)
            {
                continue;
            }
            var end = Quotes.Contains(value[0], StringComparison.Ordinal)
                ? QuoteEnd(value, 0)
                : value.IndexOf(' ', StringComparison.Ordinal);
            var path = end < 0 ? value.Trim('"', '\'', '/') : value[..end].TrimStart(Quotes.ToCharArray());
            return path.Length > 0 ? path : null;
        }
        return null;
    }

    /// <summary>The quote that ends what the one at <paramref name="from"/> begins: behind it stands the end of the tag or another
    /// attribute.</summary>
    private static int QuoteEnd(string text, int from)
    {
        for (var i = from + 1; i < text.Length; i++)
        {
            if (
                (text[i] == text[from] || (text[i] > '\u007F' && Quotes.Contains(text[i], StringComparison.Ordinal)))
                && text.AsSpan(i + 1).TrimStart() is var rest
                && (rest is [] or ['>' or '/', ..] || (rest.IndexOf('=') is > 0 and var sign && !rest[..sign].ContainsAny(" />\"'")))
            )
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>The sign that ends a tag, and is not in a quoted value.</summary>
    public static int End(string line)
    {
        for (var i = 1; i < line.Length; i++)
        {
            if (line[i] == '>')
            {
                return i;
            }
            if (line[i] == '=' && i + 1 < line.Length && Quotes.Contains(line[i + 1], StringComparison.Ordinal))
            {
                i = QuoteEnd(line, i + 1) is > 0 and var end ? end : i;
            }
        }
        return -1;
    }

    /// <summary>A member of the same call that says that only a part of the file is meant.</summary>
    public static string? PartialMember(string[] lines, int start, int end)
    {
        for (var i = start - 1; i >= 0 && i >= start - MostSiblings && lines[i].Trim().Length > 0; i--)
        {
            if (PartialName(lines[i]) is { } above)
            {
                return above;
            }
            if (lines[i].AsSpan().TrimStart().StartsWith("<function") || lines[i].AsSpan().TrimStart().StartsWith("<invoke"))
            {
                break;
            }
        }
        for (var i = end + 1; i < lines.Length && i <= end + MostSiblings && lines[i].AsSpan().TrimStart() is ['<', not '/', ..]; i++)
        {
            if (PartialName(lines[i]) is { } below)
            {
                return below;
            }
        }
        return null;
    }

    private static string? PartialName(string line)
    {
        var text = line.Trim();
        var end = text.IndexOf('>', StringComparison.Ordinal);
        return
            text is ['<', ..]
            && end > 1
            && Name(text[1..end]) is var name
            && (PartialNames.Contains(name) || (OldNewNames.IsOld(name) && name != "before"))
            ? name
            : null;
    }

    public static string Name(string head) =>
        head.Split(' ', '=')[0] is var name && name == "parameter"
            ? head["parameter".Length..].Replace("name=", "", StringComparison.Ordinal).Trim(' ', '=', '"', '\'')
            : name;
}
