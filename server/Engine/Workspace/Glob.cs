namespace CodexSidecar.Engine.Workspace;

/// <summary>One name against one pattern without slashes: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>\</c>.</summary>
internal static class Glob
{
    public static bool Matches(string pattern, string name)
    {
        if (pattern.AsSpan().IndexOfAny("*?[\\") < 0)
        {
            return pattern == name;
        }
        var (at, i, star, taken) = (0, 0, -1, 0);
        while (at < name.Length)
        {
            if (i < pattern.Length && pattern[i] == '*')
            {
                (star, taken) = (i++, at);
            }
            else if (i < pattern.Length && MatchesOne(pattern, ref i, name[at]))
            {
                at++;
            }
            else if (star >= 0)
            {
                (i, at) = (star + 1, ++taken);
            }
            else
            {
                return false;
            }
        }
        while (i < pattern.Length && pattern[i] == '*')
        {
            i++;
        }
        return i == pattern.Length;
    }

    /// <param name="i">Moves behind the element when it matches.</param>
    private static bool MatchesOne(string pattern, ref int i, char letter)
    {
        switch (pattern[i])
        {
            case '?':
                i++;
                return true;
            case '\\' when i + 1 < pattern.Length && pattern[i + 1] == letter:
                i += 2;
                return true;
            case '\\':
                return false;
            case '[':
                var end = i;
                var matches = MatchesSet(pattern, ref end, letter);
                i = matches ? end : i;
                return matches;
            default:
                var same = pattern[i] == letter;
                i += same ? 1 : 0;
                return same;
        }
    }

    /// <summary>A bracket that is never closed matches nothing.</summary>
    private static bool MatchesSet(string pattern, ref int i, char letter)
    {
        var at = i + 1;
        var not = at < pattern.Length && pattern[at] is '!' or '^';
        at += not ? 1 : 0;
        var found = false;
        for (var first = at; ; first = -1)
        {
            if (at >= pattern.Length)
            {
                return false;
            }
            if (pattern[at] == ']' && first != at)
            {
                break;
            }
            if (
                pattern[at] == '['
                && at + 1 < pattern.Length
                && pattern[at + 1] == ':'
                && pattern.IndexOf(":]", at + 2, StringComparison.Ordinal) is var close and > 0
            )
            {
                found |= IsOfClass(pattern[(at + 2)..close], letter);
                at = close + 2;
                continue;
            }
            var low = Letter(pattern, ref at);
            var high = low;
            if (at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']')
            {
                at++;
                high = Letter(pattern, ref at);
            }
            found |= letter >= low && letter <= high;
        }
        i = at + 1;
        return found != not;
    }

    private static char Letter(string pattern, ref int at)
    {
        at += pattern[at] == '\\' && at + 1 < pattern.Length ? 1 : 0;
        return pattern[at++];
    }

    private static bool IsOfClass(string name, char letter) =>
        name switch
        {
            "alnum" => char.IsAsciiLetterOrDigit(letter),
            "alpha" => char.IsAsciiLetter(letter),
            "blank" => letter is ' ' or '\t',
            "cntrl" => letter < ' ' || letter == '\x7f',
            "digit" => char.IsAsciiDigit(letter),
            "graph" => letter is > ' ' and < '\x7f',
            "lower" => char.IsAsciiLetterLower(letter),
            "print" => letter is >= ' ' and < '\x7f',
            "punct" => letter is > ' ' and < '\x7f' && !char.IsAsciiLetterOrDigit(letter),
            "space" => letter is ' ' or (>= '\t' and <= '\r'),
            "upper" => char.IsAsciiLetterUpper(letter),
            "xdigit" => char.IsAsciiHexDigit(letter),
            _ => false,
        };
}
