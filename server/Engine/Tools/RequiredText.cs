using System.Text;

namespace CodexSidecar.Engine.Tools;

/// <summary>The text that must be in whatever a regular expression matches, so that a file without it need not be looked through.</summary>
internal static class RequiredText
{
    /// <returns>The longest piece that is surely required; empty when none is known. Careful: alternatives, groups and options are not
    /// looked into.</returns>
    public static string Of(string pattern)
    {
        if (pattern.Contains('|') || pattern.Contains("(?", StringComparison.Ordinal))
        {
            return "";
        }
        var (best, run, depth) = ("", new StringBuilder(), 0);
        for (var i = 0; i < pattern.Length; )
        {
            var (length, text) = Next(pattern, i);
            depth +=
                pattern[i] == '(' ? 1
                : pattern[i] == ')' ? -1
                : 0;
            i += length;
            var isOptional = i < pattern.Length && pattern[i] is '?' or '*' or '{';
            if (text is { } letter && depth == 0 && !isOptional)
            {
                run.Append(letter);
            }
            if (text is null || depth != 0 || isOptional || (i < pattern.Length && pattern[i] == '+'))
            {
                best = run.Length > best.Length ? run.ToString() : best;
                run.Clear();
            }
        }
        return run.Length > best.Length ? run.ToString() : best;
    }

    /// <returns>How long the element is, and the one sign it stands for; null: it is no plain sign.</returns>
    private static (int Length, char? Text) Next(string pattern, int i) =>
        pattern[i] switch
        {
            // \x41, \u0041 and \p{L} leave digits and braces behind, which are taken for signs: a letter after a backslash ends the search.
            '\\' when i + 1 < pattern.Length && char.IsPunctuation(pattern[i + 1]) | char.IsSymbol(pattern[i + 1]) => (2, pattern[i + 1]),
            '\\' when i + 1 < pattern.Length && pattern[i + 1] is 'w' or 'W' or 'd' or 'D' or 's' or 'S' or 'b' or 'B' => (2, null),
            '\\' => (pattern.Length - i, null),
            '[' => (ClassLength(pattern, i), null),
            '{' => (Math.Max(1, pattern.IndexOf('}', i) - i + 1), null),
            '.' or '^' or '$' or '(' or ')' or '?' or '*' or '+' => (1, null),
            var letter => (1, char.IsSurrogate(letter) ? null : letter),
        };

    private static int ClassLength(string pattern, int start)
    {
        var i = start + 1;
        i += i < pattern.Length && pattern[i] == '^' ? 1 : 0;
        i += i < pattern.Length && pattern[i] == ']' ? 1 : 0;
        for (; i < pattern.Length && pattern[i] != ']'; i++)
        {
            // A class taken from a class: whoever writes that is searched for slowly.
            if (pattern[i] == '[')
            {
                return pattern.Length - start;
            }
            i += pattern[i] == '\\' ? 1 : 0;
        }
        return Math.Min(pattern.Length, i + 1) - start;
    }
}
