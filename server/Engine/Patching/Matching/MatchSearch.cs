namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>
/// Finds the lines a block speaks of. Each strategy forgives one habit of models; the first one with a place decides, and all places of it
/// are
/// returned, so that "which one" is a question and never a guess. Similar is never enough: a word that differs is a different line.
/// </summary>
internal static class MatchSearch
{
    public static IReadOnlyList<Match> Find(FileLines file, IReadOnlyList<string> search, IReadOnlyList<string> replace, string path)
    {
        foreach (var form in MatchStrategies.Of(search, replace, path))
        {
            if (Places(file, form) is { Count: > 0 } places)
            {
                return [.. places.Select(start => new Match([(form, start)]))];
            }
        }
        return Dots.Find(file, search, replace);
    }

    public static List<int> Places(FileLines file, MatchForm form)
    {
        var places = file.Places(form.Search, form.Key);
        if (form.Shift == IndentShift.Uniform)
        {
            places.RemoveAll(start => !Uniform(file, form, start));
        }
        return places;
    }

    private static bool Uniform(FileLines file, MatchForm form, int start)
    {
        int? shift = null;
        for (var i = 0; i < form.Search.Count; i++)
        {
            if (form.Search[i].AsSpan().Trim().Length == 0)
            {
                continue;
            }
            var here = Match.ShiftAt(file, form, start, i);
            if ((shift ??= here) != here)
            {
                return false;
            }
        }
        return true;
    }
}
