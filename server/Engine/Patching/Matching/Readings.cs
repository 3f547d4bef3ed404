namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>
/// All readings of a block, strictest first: each comparison, from letter by letter to any indent, of each way to take its halves (as
/// written, without blank lines at the ends, without line numbers, without escapes, without HTML entities).
/// </summary>
internal static class Readings
{
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

    private static readonly (LineKey Key, IndentShift Shift)[] Comparisons =
    [
        (LineKey.Exact, IndentShift.None),
        (LineKey.Tail, IndentShift.None),
        (LineKey.Trim, IndentShift.Uniform),
        (LineKey.Glyph, IndentShift.None),
        (LineKey.Spacing, IndentShift.Uniform),
        (LineKey.Trim, IndentShift.Nearest),
        (LineKey.Spacing, IndentShift.Nearest),
    ];

    public static IEnumerable<Reading> Of(IReadOnlyList<string> search, IReadOnlyList<string> replace, string path)
    {
        // Mostly enough, and then nothing else need be worked out.
        yield return new Reading(search, replace);
        Reading[] ways = [.. Ways(search, replace).SelectMany(way => WithoutEdges(way).Prepend(way))];
        foreach (var (key, shift) in Comparisons)
        {
            foreach (var way in shift == IndentShift.Nearest && MeansIndent(path) ? [] : ways)
            {
                yield return way with
                {
                    Key = key,
                    Shift = shift,
                };
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

    private static IEnumerable<Reading> Ways(IReadOnlyList<string> search, IReadOnlyList<string> replace)
    {
        IEnumerable<Reading> ways = [new(search, replace)];
        ways = ways.Concat(LineNumbers.Remove(search, replace)).Concat(Escapes.Remove(search, replace));
        return search.Any(line => line.Contains('&', StringComparison.Ordinal))
            ? ways.Append(new([.. search.Select(Decoded)], [.. replace.Select(Decoded)]))
            : ways;
    }

    /// <summary>The same without a blank line at either end, and at both.</summary>
    private static IEnumerable<Reading> WithoutEdges(Reading way)
    {
        var count = way.Search.Count;
        var (first, last) = (count > 1 && Blank(way.Search, 0), count > 1 && Blank(way.Search, count - 1));
        if (last)
        {
            yield return WithoutEdges(way, 0, 1);
        }
        if (first)
        {
            yield return WithoutEdges(way, 1, 0);
        }
        if (first && last && count > 2)
        {
            yield return WithoutEdges(way, 1, 1);
        }
    }

    private static Reading WithoutEdges(Reading way, int head, int tail) =>
        way with
        {
            Search = Slice(way.Search, head, tail),
            Replace = Slice(
                way.Replace,
                head > 0 && Blank(way.Replace, 0) ? 1 : 0,
                tail > 0 && way.Replace.Count > head && Blank(way.Replace, way.Replace.Count - 1) ? 1 : 0
            ),
        };

    private static string Decoded(string line) => System.Net.WebUtility.HtmlDecode(line);

    private static bool Blank(IReadOnlyList<string> lines, int at) => at >= 0 && at < lines.Count && lines[at].AsSpan().Trim().Length == 0;

    private static string[] Slice(IReadOnlyList<string> lines, int head, int tail) => [.. lines.Skip(head).Take(lines.Count - head - tail)];

    private static bool MeansIndent(string path) =>
        IndentIsMeaning.Contains(Path.GetExtension(path)) || Path.GetFileName(path).Equals("Makefile", StringComparison.OrdinalIgnoreCase);
}
