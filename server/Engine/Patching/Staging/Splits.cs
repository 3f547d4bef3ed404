using CodexSidecar.Engine.Patching.Matching;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>
/// A file may hold lines that look like the divider between SEARCH and REPLACE. Every beginning of a SEARCH that stands in the file stands
/// there
/// too, so the longest one that does is meant: what follows the real divider is new and seldom stands below the old lines.
/// </summary>
internal static class Splits
{
    private const int MostDividers = 8;

    public static IReadOnlyList<Match> Find(FileLines file, ReplaceBlock block, string path)
    {
        var (search, replace) = (LineText.Lines(block.Search), LineText.Lines(block.Replace));
        foreach (var divider in block.Hints.Dividers.Take(MostDividers).Reverse())
        {
            // The first divider stands between the halves and in neither.
            var matches = Strict(file, [.. search, block.Hints.Divider, .. replace[..divider]], replace[(divider + 1)..]);
            if (matches.Count > 0)
            {
                return matches;
            }
        }
        if (block.Hints.Dividers.Count == 0)
        {
            return MatchSearch.Find(file, search, replace, path);
        }
        if (Strict(file, search, replace) is { Count: > 0 } first)
        {
            return first;
        }
        return block.Hints.Dividers.Count == 1
            ? []
            : throw new RefusedException(
                "malformed",
                "The block has several ======= lines, and it is not clear which one divides it. Send the whole file, or a block "
                    + "without such lines."
            );
    }

    private static IReadOnlyList<Match> Strict(FileLines file, string[] search, string[] replace)
    {
        foreach (var key in new[] { LineKey.Exact, LineKey.Tail })
        {
            if (file.Places(search, key) is { Count: > 0 } places)
            {
                return [.. places.Select(start => new Match([(new Reading(search, replace, key), start)]))];
            }
        }
        return [];
    }
}
