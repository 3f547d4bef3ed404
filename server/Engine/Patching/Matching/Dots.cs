namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>Lines of only <c>...</c> in both halves stand for the same lines of the file, which stay.</summary>
internal static class Dots
{
    public static bool Is(string line) => line.AsSpan().Trim() is "..." or "…";

    public static IReadOnlyList<Match> Find(FileLines file, IReadOnlyList<string> search, IReadOnlyList<string> replace)
    {
        var (sought, put) = (Pieces(search), Pieces(replace));
        if (sought.Count < 2 || sought.Count != put.Count || !Readings.Enough(search, 10))
        {
            return [];
        }
        var parts = new List<(Reading, int)>();
        var from = 0;
        for (var i = 0; i < sought.Count; i++)
        {
            if (sought[i].Count == 0 && put[i].Count == 0)
            {
                continue;
            }
            if (sought[i].Count == 0 || Once(file, sought[i], put[i]) is not { } part || part.Start < from)
            {
                return [];
            }
            parts.Add(part);
            from = part.Start + sought[i].Count;
        }
        return parts.Count == 0 ? [] : [new Match(parts)];
    }

    private static (Reading Reading, int Start)? Once(FileLines file, IReadOnlyList<string> search, IReadOnlyList<string> replace)
    {
        foreach (var key in new[] { LineKey.Exact, LineKey.Tail })
        {
            var places = file.Places(search, key);
            if (places.Count > 0)
            {
                return places.Count == 1 ? (new Reading(search, replace, key), places[0]) : null;
            }
        }
        return null;
    }

    private static List<IReadOnlyList<string>> Pieces(IReadOnlyList<string> lines)
    {
        var pieces = new List<IReadOnlyList<string>>();
        var piece = new List<string>();
        foreach (var line in lines)
        {
            if (Dots.Is(line))
            {
                pieces.Add(piece);
                piece = [];
            }
            else
            {
                piece.Add(line);
            }
        }
        pieces.Add(piece);
        return pieces;
    }
}
