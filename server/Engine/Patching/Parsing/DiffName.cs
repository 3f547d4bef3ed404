using System.Text;

namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>File names as git and diff write them: quoted with octal escapes, followed by a time stamp, <c>/dev/null</c> for
/// none.</summary>
internal static class DiffName
{
    /// <summary>Null: <c>/dev/null</c>.</summary>
    public static string? Read(string text)
    {
        text = text.TrimStart();
        if (text is ['"', ..])
        {
            return Unquote(text, 1).Name;
        }
        var tab = text.IndexOf('\t', StringComparison.Ordinal);
        text = (tab < 0 ? WithoutTime(text) : text[..tab]).TrimEnd();
        return text == "/dev/null" ? null : text;
    }

    /// <summary>A name with nothing behind it.</summary>
    public static string Alone(string text) => text.Trim() is ['"', ..] quoted ? Unquote(quoted, 1).Name : text.Trim();

    /// <summary>The two names of a <c>diff --git</c> line; null where blanks leave them unclear.</summary>
    public static (string Old, string New)? ReadPair(string text)
    {
        text = text.Trim();
        if (text is ['"', ..])
        {
            var (old, end) = Unquote(text, 1);
            return (old, Alone(text[end..]));
        }
        var middle = Middle(text);
        if (middle < 0)
        {
            middle = text.IndexOf(" b/", StringComparison.Ordinal);
        }
        if (middle < 0)
        {
            middle = text.IndexOf(" \"", StringComparison.Ordinal);
        }
        if (middle < 0)
        {
            middle = text.IndexOf(' ', StringComparison.Ordinal);
        }
        return middle > 0 ? (text[..middle], Alone(text[(middle + 1)..])) : null;
    }

    /// <summary>The blank between two names that are the same but for their prefixes, or without them; -1: none.</summary>
    private static int Middle(string text)
    {
        for (var at = text.IndexOf(' ', StringComparison.Ordinal); at >= 0; at = text.IndexOf(' ', at + 1))
        {
            var old = text.AsSpan(0, at);
            var now = text.AsSpan(at + 1);
            if (old.SequenceEqual(now) || (old is [_, '/', ..] && now is [_, '/', ..] && old[2..].SequenceEqual(now[2..])))
            {
                return at;
            }
        }
        return -1;
    }

    /// <summary>A time stamp that lost its tab: <c>name 2024-01-31 12:00:00</c>.</summary>
    private static string WithoutTime(string text)
    {
        for (var at = text.IndexOf(' ', StringComparison.Ordinal); at >= 0; at = text.IndexOf(' ', at + 1))
        {
            var rest = text.AsSpan(at).TrimStart();
            if (
                rest.Length >= 10
                && rest[4] == '-'
                && rest[7] == '-'
                && rest[..4].ContainsAnyExceptInRange('0', '9') is false
                && rest[5..7].ContainsAnyExceptInRange('0', '9') is false
            )
            {
                return text[..at];
            }
        }
        return text;
    }

    private static (string Name, int End) Unquote(string text, int at)
    {
        var bytes = new List<byte>();
        for (; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] != '\\' || at + 1 == text.Length)
            {
                var rune = char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? text.Substring(at++, 2) : text[at].ToString();
                bytes.AddRange(Encoding.UTF8.GetBytes(rune));
                continue;
            }
            at++;
            var digits = 0;
            while (digits < 3 && at + digits < text.Length && text[at + digits] is >= '0' and <= '7')
            {
                digits++;
            }
            if (digits == 0)
            {
                bytes.AddRange(
                    Encoding.UTF8.GetBytes(
                        text[at] switch
                        {
                            'n' => "\n",
                            't' => "\t",
                            'r' => "\r",
                            var other => other.ToString(),
                        }
                    )
                );
                continue;
            }
            bytes.Add((byte)Convert.ToInt32(text.Substring(at, digits), 8));
            at += digits - 1;
        }
        return (Encoding.UTF8.GetString([.. bytes]), Math.Min(at + 1, text.Length));
    }
}
