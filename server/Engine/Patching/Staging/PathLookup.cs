namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>Which file a model means. A refused path is refused before anything is looked up: it is never corrected into the
/// workspace.</summary>
internal sealed class PathLookup
{
    private const double Similar = 0.8;

    private static readonly string[] GitFolders = ["a/", "b/"],
        AddedFolders = ["a/", "b/", "path/to/"];

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

    /// <summary>The path itself, with our own slashes; known or not.</summary>
    /// <exception cref="RefusedException">path.</exception>
    public string Exact(string path)
    {
        var exact = PatchPath.Check(Cleaned(path));
        if (WithoutFolder(Cleaned(path), GitFolders) is { } behind)
        {
            // Nor may what stands behind git's sign leave the workspace.
            PatchPath.Check(behind);
        }
        return exact;
    }

    /// <summary>How a refused path is told: unchecked, without a folder that only a form or an example has put before it.</summary>
    public string Plain(string path) => path.Contains('\\', StringComparison.Ordinal) ? path : Behind(path) ?? Cleaned(path);

    /// <summary>The known file behind a folder of git's form or of an example, where there is no such folder; null: none.</summary>
    public string? Behind(string path) =>
        WithoutFolder(Cleaned(path), AddedFolders) is { } plain && known.Contains(plain) && !HasFolder(Root(Cleaned(path))) ? plain : null;

    /// <summary>A known name with something behind it that belongs to no name: <c>src/a.js?</c>, <c>src/a.js - the total</c>.</summary>
    public bool IsSpoilt(string path) => PatchPath.Stems(path).Any(stem => known.Contains(stem) || byName[stem.ToLowerInvariant()].Any());

    /// <exception cref="RefusedException">path: a new file that would have a known file's name with rubbish behind it.</exception>
    public void CheckNew(string path)
    {
        PatchPath.CheckNew(path);
        if (PatchPath.Stems(path).FirstOrDefault(known.Contains) is { } stem)
        {
            throw new RefusedException(
                "path",
                $"The path '{PatchPath.Shown(path)}' is refused: is {stem} meant? Write its path and nothing else."
            );
        }
    }

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
        if (Behind(exact) is { } plain && fits(plain))
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
            Nearest(exact, 3).Where(near => near.Likeness >= Similar && !IsAnother(exact, near.Path) && fits(near.Path)).ToList()
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

    private static string Cleaned(string path)
    {
        // Other blanks are no edge of a path: they came from somewhere else.
        var plain = path.Replace('\\', '/').Trim(' ', '\t', '\r', '\n');
        while (plain.StartsWith("./", StringComparison.Ordinal) && plain.Length > 2)
        {
            plain = plain[2..];
        }
        return plain;
    }

    private static string? WithoutFolder(string path, string[] folders) =>
        Array.Find(folders, folder => path.StartsWith(folder, StringComparison.Ordinal) && path.Length > folder.Length) is { } found
            ? path[found.Length..]
            : null;

    /// <summary>Another extension is another file, and so is a name that goes on: <c>Makefile~</c>, <c>Makefile.old</c>.</summary>
    private static bool IsAnother(string path, string near) =>
        Path.GetExtension(near) != Path.GetExtension(path)
        || (path.StartsWith(near, StringComparison.Ordinal) && !char.IsAsciiLetterOrDigit(path[near.Length]));

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
