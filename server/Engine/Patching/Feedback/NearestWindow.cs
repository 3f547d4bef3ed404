namespace CodexSidecar.Engine.Patching.Feedback;

/// <summary>The part of a file that is most like a SEARCH that was not found. Only ever shown to the model, never changed.</summary>
internal static class NearestWindow
{
    /// <summary>Comparisons of lines, in place of a time limit: the same input gives the same feedback on any machine.</summary>
    private const int MostComparisons = 400_000;

    private const int MostSearchLines = 40,
        LongestLine = 400;

    private const double LeastRatio = 0.6,
        LeastLikeness = 0.5;

    /// <returns>0-based first line and count; null: nothing is like it, or looking takes too long.</returns>
    public static (int Start, int Count)? Find(IReadOnlyList<string> lines, IReadOnlyList<string> search)
    {
        var wanted = search.Take(MostSearchLines).Select(line => line.Trim()).ToList();
        var filled = wanted.Count(line => line.Length > 0);
        if (filled == 0 || lines.Count == 0 || (long)lines.Count * wanted.Count > MostComparisons)
        {
            return null;
        }
        var scores = new double[lines.Count + wanted.Count];
        var pairs = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < wanted.Count; i++)
        {
            if (wanted[i].Length is 0 or > LongestLine)
            {
                continue;
            }
            pairs.Clear();
            var grams = Grams(wanted[i]);
            for (var line = 0; line < lines.Count; line++)
            {
                var text = lines[line].Trim();
                if (!pairs.TryGetValue(text, out var likeness))
                {
                    pairs[text] = likeness = Likeness(wanted[i], grams, text);
                }
                // A window may begin above the file when SEARCH has lines the file lacks.
                scores[line - i + wanted.Count] += likeness;
            }
        }
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            best = scores[i] > scores[best] ? i : best;
        }
        var start = Math.Max(0, best - wanted.Count);
        return scores[best] / filled >= LeastRatio
            ? (start, Math.Min(wanted.Count + Math.Min(0, best - wanted.Count), lines.Count - start))
            : null;
    }

    /// <summary>Shared pairs of letters, 0 to 1.</summary>
    private static double Likeness(string wanted, Dictionary<int, int> grams, string text)
    {
        if (text == wanted)
        {
            return 1;
        }
        if (text.Length is 0 or > LongestLine || wanted.Length < 2)
        {
            return 0;
        }
        var left = new Dictionary<int, int>(grams);
        var shared = 0;
        for (var i = 0; i + 1 < text.Length; i++)
        {
            var gram = (text[i] << 16) | text[i + 1];
            if (left.TryGetValue(gram, out var count) && count > 0)
            {
                left[gram] = count - 1;
                shared++;
            }
        }
        var likeness = 2.0 * shared / (wanted.Length - 1 + text.Length - 1);
        return likeness >= LeastLikeness ? likeness : 0;
    }

    private static Dictionary<int, int> Grams(string text)
    {
        var grams = new Dictionary<int, int>();
        for (var i = 0; i + 1 < text.Length; i++)
        {
            var gram = (text[i] << 16) | text[i + 1];
            grams[gram] = grams.GetValueOrDefault(gram) + 1;
        }
        return grams;
    }
}
