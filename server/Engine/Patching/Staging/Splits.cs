using CodexSidecar.Engine.Patching.Matching;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>A file may hold lines that look like the divider between SEARCH and REPLACE. Then the split whose SEARCH stands in the file is meant, if there is exactly one.</summary>
internal static class Splits
{
    private const int MostDividers = 8;

    public static IReadOnlyList<Match> Find(FileLines file, ReplaceBlock block, string path)
    {
        var (search, replace) = (LineText.Lines(block.Search), LineText.Lines(block.Replace));
        if (block.Hints.Dividers.Count == 0)
            return Ladder.Find(file, search, replace, path);
        var fits = new List<IReadOnlyList<Match>>();
        foreach (var divider in block.Hints.Dividers.Take(MostDividers).Prepend(-1))
        {
            // The first divider stands between the halves and in neither.
            string[] head = divider < 0 ? search : [.. search, block.Hints.Divider, .. replace[..divider]];
            var matches = Strict(file, head, replace[(divider + 1)..]);
            if (matches.Count > 0)
                fits.Add(matches);
        }
        if (fits.Count == 1 && block.Hints.Dividers.Count <= MostDividers)
            return fits[0];
        if (fits.Count == 0 && block.Hints.Dividers.Count == 1)
            return [];
        throw new RefusedException("malformed", "The block has several ======= lines, and it is not clear which one divides it. Send the whole file, or a block without such lines.");
    }

    private static IReadOnlyList<Match> Strict(FileLines file, string[] search, string[] replace)
    {
        foreach (var key in new[] { LineKey.Exact, LineKey.Tail })
        {
            if (file.Places(search, key) is { Count: > 0 } places)
                return [.. places.Select(start => new Match([(new Reading(search, replace, key), start)]))];
        }
        return [];
    }
}
