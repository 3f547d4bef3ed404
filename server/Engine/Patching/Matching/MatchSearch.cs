namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>
/// Finds the lines a block speaks of. Each rung forgives one habit of models; the first rung with a place decides, and all places on it are
/// returned, so that "which one" is a question and never a guess. Similar is never enough: a word that differs is a different line.
/// </summary>
internal static class MatchSearch
{
    public static IReadOnlyList<Match> Find(FileLines file, IReadOnlyList<string> search, IReadOnlyList<string> replace, string path)
    {
        foreach (var reading in MatchStrategies.Of(search, replace, path))
        {
            if (Places(file, reading) is { Count: > 0 } places)
                return [.. places.Select(start => new Match([(reading, start)]))];
        }
        return Dots.Find(file, search, replace);
    }

    public static List<int> Places(FileLines file, MatchForm reading)
    {
        var places = file.Places(reading.Search, reading.Key);
        if (reading.Shift == IndentShift.Uniform)
            places.RemoveAll(start => !Uniform(file, reading, start));
        return places;
    }

    private static bool Uniform(FileLines file, MatchForm reading, int start)
    {
        int? shift = null;
        for (var i = 0; i < reading.Search.Count; i++)
        {
            if (reading.Search[i].AsSpan().Trim().Length == 0)
                continue;
            var here = Match.ShiftAt(file, reading, start, i);
            if ((shift ??= here) != here)
                return false;
        }
        return true;
    }
}
