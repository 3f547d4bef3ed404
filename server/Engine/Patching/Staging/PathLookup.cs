namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>Which file a model means. A refused path is refused before anything is looked up: it is never corrected into the
/// workspace.</summary>
internal sealed class PathLookup
{
    private const double Similar = 0.8;

    private readonly HashSet<string> known;
    private readonly ILookup<string, string> byLower,
        byName;

    public PathLookup(IEnumerable<string> paths)
    {
        known = paths.ToHashSet(StringComparer.Ordinal);
        byLower = known.ToLookup(path => path.ToLowerInvariant(), StringComparer.Ordinal);
        byName = known.ToLookup(path => Name(path).ToLowerInvariant(), StringComparer.Ordinal);
    }

    public int Count => known.Count;

    public string? Only => known.Count == 1 ? known.First() : null;

    public bool Knows(string path) => known.Contains(path);

    /// <summary>Another file with this name in other letters, which some disks take for the same.</summary>
    public string? InOtherCase(string path) => byLower[path.ToLowerInvariant()].FirstOrDefault(other => other != path);

    /// <summary>The path itself, without what surrounds it; known or not.</summary>
    /// <exception cref="RefusedException">path.</exception>
    public string Exact(string path) => Choose([.. Forms(path).Select(PatchPath.Check)]);

    /// <summary>How a refused path is told: without what surrounds it, unchecked.</summary>
    public string Plain(string path) => path.Contains('\\', StringComparison.Ordinal) ? path : Choose([.. Forms(path)]);

    private string Choose(List<string> forms) =>
        forms.Find(known.Contains) ?? forms.Skip(1).LastOrDefault(form => !HasFolder(Root(forms[0]))) ?? forms[0];

    /// <param name="fits">Says whether the block can be meant for a file whose name is only near.</param>
    /// <returns>A known path, or the path as it is.</returns>
    /// <exception cref="RefusedException">path.</exception>
    public string Find(string path, Func<string, bool> fits, bool similar = true)
    {
        var exact = Exact(path);
        if (known.Contains(exact))
        {
            return exact;
        }
        if (byLower[exact.ToLowerInvariant()].ToList() is [var otherCase])
        {
            return otherCase;
        }
        if (byName[Name(exact).ToLowerInvariant()].ToList() is [var sameName] && fits(sameName))
        {
            return sameName;
        }
        if (!similar)
        {
            return exact;
        }
        // Two that are as near and fit are a question nobody answered.
        return Nearest(exact, 3).Where(near => near.Likeness >= Similar && fits(near.Path)).ToList() is [var (only, _)] ? only : exact;
    }

    /// <summary>The most similar known paths, best first.</summary>
    public IEnumerable<(string Path, double Likeness)> Nearest(string path, int most) =>
        known
            .Select(other => (Path: other, Likeness: Likeness(path, other)))
            .OrderByDescending(near => near.Likeness)
            .ThenBy(near => near.Path, StringComparer.Ordinal)
            .Take(most);

    private static IEnumerable<string> Forms(string path)
    {
        var plain = path.Replace('\\', '/').Trim();
        while (plain.StartsWith("./", StringComparison.Ordinal) && plain.Length > 2)
        {
            plain = plain[2..];
        }
        yield return plain;
        foreach (var prefix in new[] { "a/", "b/", "path/to/" })
        {
            if (plain.StartsWith(prefix, StringComparison.Ordinal) && plain.Length > prefix.Length)
            {
                yield return plain[prefix.Length..];
            }
        }
    }

    private bool HasFolder(string folder) => known.Any(path => path.StartsWith(folder, StringComparison.Ordinal));

    private static string Root(string path) => path[..(path.IndexOf('/', StringComparison.Ordinal) + 1)];

    private static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>Twice the longest common subsequence by the length of both.</summary>
    private static double Likeness(string one, string other)
    {
        if (one.Length > 300 || other.Length > 300 || 2.0 * Math.Min(one.Length, other.Length) / (one.Length + other.Length) < 0.3)
        {
            return 0;
        }
        var row = new int[other.Length + 1];
        foreach (var letter in one)
        {
            var diagonal = 0;
            for (var i = 1; i <= other.Length; i++)
            {
                var above = row[i];
                row[i] = char.ToLowerInvariant(letter) == char.ToLowerInvariant(other[i - 1]) ? diagonal + 1 : Math.Max(above, row[i - 1]);
                diagonal = above;
            }
        }
        return 2.0 * row[^1] / (one.Length + other.Length);
    }
}
