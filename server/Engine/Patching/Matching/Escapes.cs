using System.Text;

namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>
/// Quotes that were escaped once too often: <c>print(\"x\")</c>. SEARCH has every quote of the kind escaped; REPLACE loses the same
/// escapes (https://github.com/QwenLM/qwen-code/issues/797).
/// </summary>
internal static class Escapes
{
    private static readonly string[] Kinds = ["\"", "'", "`", "\"'", "\"'`"];

    /// <summary>The block without its escapes, once for each kind of quotes; with doubled backslashes and without.</summary>
    public static IEnumerable<Reading> Remove(IReadOnlyList<string> search, IReadOnlyList<string> replace)
    {
        if (!search.Any(line => line.Contains('\\', StringComparison.Ordinal)))
        {
            yield break;
        }
        var isDoubled = search.Any(line => line.Contains("\\\\", StringComparison.Ordinal));
        foreach (
            var quotes in Kinds.Where(quotes =>
                quotes.All(quote => search.Any(line => line.Contains($"\\{quote}", StringComparison.Ordinal)))
            )
        )
        {
            foreach (var doubled in isDoubled ? new[] { true, false } : [false])
            {
                string?[] plain = [.. search.Select(line => Plain(line, quotes, doubled))];
                if (!plain.Contains(null))
                {
                    yield return new Reading([.. plain.OfType<string>()], [.. replace.Select(line => Plain(line, quotes, doubled) ?? line)])
                    {
                        Problem = replace.Any(line => IsUnclear(line, quotes, isDoubled))
                            ? "The quotes of SEARCH are escaped, and it is not clear which escapes of REPLACE are meant. "
                                + "Send the block again with the lines exactly as they stand in the file."
                            : null,
                    };
                }
            }
        }
    }

    /// <summary>Some of its quotes are escaped and some are not; or there are doubled backslashes, and none in SEARCH to show what becomes
    /// of them.</summary>
    private static bool IsUnclear(string line, string quotes, bool isDoubled)
    {
        var plain = Plain(line, quotes, doubled: true);
        return plain is null
            ? quotes.Any(quote => line.Contains($"\\{quote}", StringComparison.Ordinal))
            : !isDoubled && plain != Plain(line, quotes, doubled: false);
    }

    /// <summary>Null: a quote of these stands there without an escape.</summary>
    private static string? Plain(string line, string quotes, bool doubled)
    {
        var text = new StringBuilder(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            if (quotes.Contains(line[i]))
            {
                return null;
            }
            var isEscape = line[i] == '\\' && i + 1 < line.Length && (quotes.Contains(line[i + 1]) || (doubled && line[i + 1] == '\\'));
            text.Append(isEscape ? line[++i] : line[i]);
        }
        return text.ToString();
    }
}
