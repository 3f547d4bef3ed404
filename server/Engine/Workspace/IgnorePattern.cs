namespace CodexSidecar.Engine.Workspace;

/// <summary>
/// One line of an ignore file, as git reads it (gitignore(5)). Own code because the libraries at hand miss escapes and doubled stars
/// (<c>\!x</c>, <c>foo**</c>); the tests hold it against git itself. Where git departs from its own manual (<c>x**/bar</c> with
/// letters before the stars) the manual counts. No backtracking that grows with the pattern: a hostile line costs no more than length times
/// length.
/// </summary>
internal sealed class IgnorePattern
{
    private readonly string[] parts;
    private readonly bool anywhere;
    private readonly bool foldersOnly;

    private IgnorePattern(string[] parts, bool anywhere, bool foldersOnly, bool includes) =>
        (this.parts, this.anywhere, this.foldersOnly, Includes) = (parts, anywhere, foldersOnly, includes);

    /// <summary>It began with <c>!</c>: what matches is taken in again.</summary>
    public bool Includes { get; }

    /// <summary>Null: a comment or an empty line.</summary>
    public static IgnorePattern? Parse(string line)
    {
        var text = TrimBlanks(line.EndsWith('\r') ? line[..^1] : line);
        if (text.StartsWith('#'))
        {
            return null;
        }
        var includes = text.StartsWith('!');
        text = includes ? text[1..] : text;
        var foldersOnly = text.EndsWith('/');
        text = foldersOnly ? text[..^1] : text;
        if (text.Length == 0)
        {
            return null;
        }
        var anywhere = !text.Contains('/');
        var parts = (text.StartsWith('/') ? text[1..] : text).Split('/');
        // What ends with /** is everything below, but not the folder itself.
        return new(!anywhere && parts[^1] == "**" ? [.. parts, "*"] : parts, anywhere, foldersOnly, includes);
    }

    /// <param name="path">The parts below the folder of the ignore file.</param>
    public bool Matches(ReadOnlySpan<string> path, bool isFolder) =>
        (isFolder || !foldersOnly) && (anywhere ? Glob.Matches(parts[0], path[^1]) : MatchesParts(path));

    /// <summary>The usual way with one kind of star, here over parts: on a mismatch the last <c>**</c> takes one part more.</summary>
    private bool MatchesParts(ReadOnlySpan<string> path)
    {
        var (at, i, star, taken) = (0, 0, -1, 0);
        while (at < path.Length)
        {
            if (i < parts.Length && parts[i] == "**")
            {
                (star, taken) = (i++, at);
            }
            else if (i < parts.Length && Glob.Matches(parts[i], path[at]))
            {
                (at, i) = (at + 1, i + 1);
            }
            else if (star >= 0)
            {
                (i, at) = (star + 1, ++taken);
            }
            else
            {
                return false;
            }
        }
        while (i < parts.Length && parts[i] == "**")
        {
            i++;
        }
        return i == parts.Length;
    }

    /// <summary>Blanks at the end count only behind a backslash.</summary>
    private static string TrimBlanks(string line)
    {
        var end = line.Length;
        while (end > 0 && line[end - 1] == ' ' && !IsEscaped(line, end - 1))
        {
            end--;
        }
        return line[..end];
    }

    private static bool IsEscaped(string line, int at)
    {
        var slashes = 0;
        while (at - slashes > 0 && line[at - slashes - 1] == '\\')
        {
            slashes++;
        }
        return slashes % 2 == 1;
    }
}
