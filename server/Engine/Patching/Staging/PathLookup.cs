namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>Which file a model means. A refused path is refused before anything is looked up: it is never corrected into the
/// workspace.</summary>
internal sealed class PathLookup
{
    private const double Similar = 0.8;

    private static readonly string[] Prefixes = ["a/", "b/", "path/to/"];

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
    public string Exact(string path)
    {
        var exact = PatchPath.Check(Bare(path));
        // Nor may it leave behind what may be git's sign.
        if (Prefix(Bare(path)) is { Length: 2 } sign)
        {
            PatchPath.Check(Bare(path)[sign.Length..]);
        }
        return exact;
    }

    /// <summary>How a refused path is told: without what surrounds it, unchecked.</summary>
    public string Plain(string path) => path.Contains('\\', StringComparison.Ordinal) ? path : Bare(path);

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
        if (WithoutPrefix(exact) is { } plain && fits(plain))
        {
            return plain;
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
        return
            Nearest(exact, 3).Where(near => near.Likeness >= Similar && !PatchPath.IsTailOf(exact, near.Path) && fits(near.Path)).ToList()
                is [var (only, _)]
            ? only
            : exact;
    }

    /// <summary>The most similar known paths, best first.</summary>
    public IEnumerable<(string Path, double Likeness)> Nearest(string path, int most) =>
        known
            .Select(other => (Path: other, Likeness: Likeness(path, other)))
            .OrderByDescending(near => near.Likeness)
            .ThenBy(near => near.Path, StringComparer.Ordinal)
            .Take(most);

    /// <summary>The known file a path names behind git's <c>a/</c> and <c>b/</c> or the <c>path/to/</c> of an example, where there is no such
    /// folder.</summary>
    public string? WithoutPrefix(string path) =>
        Prefix(path) is { } prefix
        && known.Contains(path[prefix.Length..])
        && !known.Any(other => other.StartsWith(prefix, StringComparison.Ordinal))
            ? path[prefix.Length..]
            : null;

    private static string? Prefix(string path) =>
        Array.Find(Prefixes, prefix => path.Length > prefix.Length && path.StartsWith(prefix, StringComparison.Ordinal));

    private static string Bare(string path)
    {
        var plain = path.Replace('\\', '/').Trim(' ', '\t');
        while (plain.StartsWith("./", StringComparison.Ordinal) && plain.Length > 2)
        {
            plain = plain[2..];
        }
        return plain;
    }

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
