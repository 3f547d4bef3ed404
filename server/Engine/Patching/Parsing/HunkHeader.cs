using System.Globalization;

namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>A line beginning with <c>@@</c>: numbers, a scope, both or neither.</summary>
internal readonly record struct HunkHeader(int? Line, int? OldLines, int? NewLines, string Scope)
{
    public static bool Is(string line) => line.StartsWith("@@", StringComparison.Ordinal);

    public static HunkHeader Read(string line)
    {
        var text = line.Trim()[2..].Trim();
        if (Numbers(text) is not var (old, now, rest))
        {
            return new HunkHeader(null, null, null, text.EndsWith("@@", StringComparison.Ordinal) ? text[..^2].TrimEnd() : text);
        }
        return new HunkHeader(old.Start, old.Count, now.Count, rest);
    }

    private static ((int Start, int Count) Old, (int Start, int Count) New, string Behind)? Numbers(string text)
    {
        var words = text.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || Range(words[0], '-') is not { } old || Range(words[1], '+') is not { } now)
        {
            return null;
        }
        var rest = words.Length > 2 ? words[2].Trim() : "";
        return (old, now, rest.StartsWith("@@", StringComparison.Ordinal) ? rest[2..].Trim() : rest);
    }

    private static (int Start, int Count)? Range(string word, char sign)
    {
        if (word.Length < 2 || word[0] != sign)
        {
            return null;
        }
        var parts = word.TrimEnd('@')[1..].Split(',');
        if (!int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var start))
        {
            return null;
        }
        return parts.Length == 1 ? (start, 1)
            : int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? (start, count)
            : null;
    }
}
