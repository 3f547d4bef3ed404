using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>
/// The files that a line of an answer names, as <c>FILE: src/a.js, src/b.js</c>. A file that exists is taken by its whole name, with the
/// blanks, commas and quotes it has; words behind it are dropped. What no file is called is parted at commas.
/// </summary>
internal static class PathList
{
    private const int LongestName = 12;

    private static readonly char[] Separators = [',', ' '];

    public static IReadOnlyList<(string Path, bool Exists)> Read(string line, Func<string, bool> exists)
    {
        var paths = new List<(string Path, bool Exists)>();
        // Behind a file that exists only other paths are meant.
        var isBehind = false;
        for (var rest = line.Trim(Separators); rest.Length > 0; rest = rest.Trim(Separators))
        {
            if (Known(rest, exists) is var (known, end))
            {
                paths.Add((known, true));
                (rest, isBehind) = (rest[end..], end < rest.Length && rest[end] != ',');
                continue;
            }
            var comma = rest.IndexOf(',', StringComparison.Ordinal);
            var piece = (comma < 0 ? rest : rest[..comma]).Trim();
            rest = comma < 0 ? "" : rest[comma..];
            if (isBehind)
            {
                // The next known one may stand behind a word.
                var blank = piece.IndexOf(' ', StringComparison.Ordinal);
                var word = blank < 0 ? piece : piece[..blank];
                if (blank < 0 && PathLooks.Like(word))
                {
                    paths.Add((word, false));
                }
                rest = blank < 0 ? rest : piece[blank..] + rest;
                isBehind = blank >= 0;
            }
            else if (piece.Length > 0)
            {
                paths.Add((piece, false));
            }
        }
        return paths;
    }

    /// <summary>For <see cref="Read"/>: there is something of this name in the workspace.</summary>
    public static bool IsIn(WorkspaceRoot root, string path)
    {
        try
        {
            return path.Length > 0 && root.Look(WorkspacePath.Parse(path)) is not null;
        }
        catch (WorkspaceException)
        {
            return false;
        }
    }

    private static string WithoutDot(string path) => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;

    /// <summary>The longest beginning that is the name of a file, however it is dressed.</summary>
    private static (string Path, int End)? Known(string text, Func<string, bool> exists)
    {
        var ends = new List<int>();
        for (var at = 0; at >= 0 && ends.Count < LongestName; at = text.IndexOfAny(Separators, at + 1))
        {
            ends.Add(at);
        }
        ends.RemoveAt(0);
        ends.Add(text.Length);
        foreach (var end in ends.AsEnumerable().Reverse())
        {
            if (PathLine.Names(text[..end]).Select(WithoutDot).FirstOrDefault(exists) is { } known)
            {
                return (known, end);
            }
        }
        return null;
    }
}
