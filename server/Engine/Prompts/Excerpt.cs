using System.Globalization;
using System.Text.RegularExpressions;
using CodexSidecar.Engine.Mapping;

namespace CodexSidecar.Engine.Prompts;

/// <summary>The parts of a long file that a task or a failure speaks of, each with its line numbers. Pure.</summary>
internal static class Excerpt
{
    private const int Around = 8,
        MostLineRefs = 20;

    /// <param name="hints">The task, and what the tests print: their words, and lines of this file they name, say what is shown.</param>
    /// <returns>One element a part; together at most so many characters, but for a first line that is longer.</returns>
    public static string Of(string path, string text, string hints, int mostChars)
    {
        var lines = text.Split('\n');
        var shown = new bool[lines.Length];
        var left = mostChars;
        foreach (var line in Best(path, lines, hints))
        {
            var (first, last) = (Math.Max(0, line - Around), Math.Min(lines.Length - 1, line + Around));
            var cost = Enumerable.Range(first, last - first + 1).Where(at => !shown[at]).Sum(at => lines[at].Length + 1);
            if (cost <= left)
            {
                left -= cost;
                Array.Fill(shown, true, first, last - first + 1);
            }
        }
        return string.Concat(
            Spans(shown)
                .Select(span =>
                    $"<file path=\"{path}\" lines=\"{span.First + 1}-{span.Last + 1} "
                    + $"of {lines.Length}\">\n{string.Join('\n', lines[span.First..(span.Last + 1)])}\n</file>\n"
                )
        );
    }

    /// <summary>Lines, the most telling first; without any hint from the top down.</summary>
    private static IEnumerable<int> Best(string path, string[] lines, string hints)
    {
        var words = new TaskWords(hints);
        var counts = lines.Select(line => words.In(line)).ToList();
        var having = new int[words.Count];
        foreach (var count in counts.OfType<int[]>())
        {
            for (var word = 0; word < having.Length; word++)
            {
                having[word] += Math.Min(1, count[word]);
            }
        }
        // A word on one line of the file says where to look, one on every line says nothing.
        double Score(int line) =>
            counts[line] is { } count ? Enumerable.Range(0, having.Length).Sum(word => count[word] > 0 ? 1.0 / having[word] : 0) : 0;
        return Named(path, hints, lines.Length)
            .Concat(
                Enumerable
                    .Range(0, lines.Length)
                    .Select(line => (line, score: Score(line)))
                    .OrderByDescending(one => one.score)
                    .Select(one => one.line)
            )
            .Distinct();
    }

    /// <summary>Lines of the file that a stack trace or a compiler names.</summary>
    private static IEnumerable<int> Named(string path, string hints, int count) =>
        Regex
            .Matches(
                hints,
                $@"{Regex.Escape(path[(path.LastIndexOf('/') + 1)..])}""?(?::|\(|, line |:line )(?<line>\d{{1,7}})",
                RegexOptions.CultureInvariant
            )
            .Select(match => int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture) - 1)
            .Where(line => line >= 0 && line < count)
            .Distinct()
            .Take(MostLineRefs);

    private static IEnumerable<(int First, int Last)> Spans(bool[] shown)
    {
        for (var at = 0; at < shown.Length; at++)
        {
            var first = at;
            while (at < shown.Length && shown[at])
            {
                at++;
            }
            if (at > first)
            {
                yield return (first, at - 1);
            }
        }
    }
}
