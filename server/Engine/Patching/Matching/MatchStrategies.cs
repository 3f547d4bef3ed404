namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>The readings of a block, strictest first (docs/architecture.md, "Patching").</summary>
internal static class MatchStrategies
{
    /// <summary>Fewer matched characters than this are chance on a loose strategy.</summary>
    private const int LeastLetters = 10;

    private static readonly HashSet<string> IndentIsMeaning = new(StringComparer.OrdinalIgnoreCase)
    {
        ".py",
        ".pyi",
        ".yaml",
        ".yml",
        ".fs",
        ".fsx",
        ".haml",
        ".pug",
    };

    public static IEnumerable<MatchForm> Of(IReadOnlyList<string> search, IReadOnlyList<string> replace, string path)
    {
        foreach (var form in Strict(search, replace))
        {
            yield return form;
        }
        if (!Enough(search, LeastLetters))
        {
            yield break;
        }
        yield return Indent(search, replace);
        if (Gutter.Remove(search) is { } plain && Enough(plain, LeastLetters))
        {
            var plainReplace = Gutter.Remove(replace) ?? replace;
            foreach (var form in Strict(plain, plainReplace).Append(Indent(plain, plainReplace)))
            {
                yield return form;
            }
        }
        yield return new MatchForm(search, replace, LineKey.Glyph);
        if (search.Count(line => line.AsSpan().Trim().Length > 0) >= 2 && Enough(search, 2 * LeastLetters) && !MeansIndent(path))
        {
            yield return new MatchForm(search, replace, LineKey.Trim, IndentShift.Nearest);
        }
        if (search.Any(line => line.Contains('&', StringComparison.Ordinal)))
        {
            string[] decoded = [.. search.Select(Decoded)],
                decodedReplace = [.. replace.Select(Decoded)];
            foreach (
                var form in Enough(decoded, LeastLetters) ? Strict(decoded, decodedReplace).Append(Indent(decoded, decodedReplace)) : []
            )
            {
                yield return form;
            }
        }
    }

    public static bool Enough(IReadOnlyList<string> lines, int least)
    {
        foreach (var line in lines)
        {
            foreach (var letter in line)
            {
                if (!char.IsWhiteSpace(letter) && --least <= 0)
                {
                    return true;
                }
            }
        }
        return false;
    }

    private static IEnumerable<MatchForm> Strict(IReadOnlyList<string> search, IReadOnlyList<string> replace)
    {
        yield return new MatchForm(search, replace, LineKey.Exact);
        yield return new MatchForm(search, replace, LineKey.Tail);
        var (first, last) = (Blank(search, 0), search.Count > 1 && Blank(search, search.Count - 1));
        if (last)
        {
            yield return WithoutEdges(search, replace, 0, 1);
        }
        if (first && search.Count > 1)
        {
            yield return WithoutEdges(search, replace, 1, 0);
        }
        if (first && last && search.Count > 2)
        {
            yield return WithoutEdges(search, replace, 1, 1);
        }
    }

    private static MatchForm WithoutEdges(IReadOnlyList<string> search, IReadOnlyList<string> replace, int head, int tail) =>
        new(
            Slice(search, head, tail),
            Slice(
                replace,
                head > 0 && Blank(replace, 0) ? 1 : 0,
                tail > 0 && replace.Count > head && Blank(replace, replace.Count - 1) ? 1 : 0
            ),
            LineKey.Tail
        );

    private static MatchForm Indent(IReadOnlyList<string> search, IReadOnlyList<string> replace) =>
        new(search, replace, LineKey.Trim, IndentShift.Uniform);

    private static string Decoded(string line) => System.Net.WebUtility.HtmlDecode(line);

    private static bool Blank(IReadOnlyList<string> lines, int at) => at >= 0 && at < lines.Count && lines[at].AsSpan().Trim().Length == 0;

    private static string[] Slice(IReadOnlyList<string> lines, int head, int tail) => [.. lines.Skip(head).Take(lines.Count - head - tail)];

    private static bool MeansIndent(string path) =>
        IndentIsMeaning.Contains(Path.GetExtension(path)) || Path.GetFileName(path).Equals("Makefile", StringComparison.OrdinalIgnoreCase);
}
