namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>
/// Finds the lines a block speaks of. Its halves are read in several ways, strictest first:
/// <code>
/// SEARCH, REPLACE -> Readings -> places in FileLines -> Match -> NewLines -> LineEdit
/// </code>
/// The first <see cref="Reading"/> with a place decides, and all places of it are returned, so that "which one" is a question and never a
/// guess (<see cref="Staging.Locator"/> asks it). Each reading forgives habits of models and nothing else, so a SEARCH of one short line is
/// read like one of ten. Similar is never enough: a word that differs is a different line.
/// </summary>
internal static class MatchSearch
{
    private const int FewLetters = 10;

    /// <exception cref="RefusedException">malformed: SEARCH stands here, and REPLACE cannot be read the way SEARCH was.</exception>
    public static IReadOnlyList<Match> Find(FileLines file, IReadOnlyList<string> search, IReadOnlyList<string> replace, string path)
    {
        foreach (var reading in Readings.Of(search, replace, path))
        {
            if (Places(file, reading) is { Count: > 0 } places)
            {
                return reading.Problem is null
                    ? [.. places.Select(start => new Match([(reading, start)]))]
                    : throw new RefusedException("malformed", reading.Problem);
            }
        }
        return Dots.Find(file, search, replace);
    }

    /// <summary>Whether these lines are enough to tell a file by: a few letters that differ in their blanks are in many files.</summary>
    public static bool Fits(FileLines file, IReadOnlyList<string> search, string path) =>
        Find(file, search, search, path) is { Count: > 0 } matches && (matches[0].IsStrict || Readings.Enough(search, FewLetters));

    private static List<int> Places(FileLines file, Reading reading)
    {
        var places = file.Places(reading.Search, reading.Key);
        if (reading.Shift == IndentShift.Uniform)
        {
            places.RemoveAll(start => !IsUniform(file, reading, start));
        }
        if (reading.Line is { } line)
        {
            places.RemoveAll(start => start != line - 1);
        }
        return places;
    }

    private static bool IsUniform(FileLines file, Reading reading, int start)
    {
        int? shift = null;
        for (var i = 0; i < reading.Search.Count; i++)
        {
            if (reading.Search[i].AsSpan().Trim().Length == 0)
            {
                continue;
            }
            var here = NewLines.Deeper(file, reading, start, i);
            if ((shift ??= here) != here)
            {
                return false;
            }
        }
        return true;
    }
}
