namespace CodexSidecar.Engine.Patching.Parsing;

/// <param name="Info">What stands behind the opening; empty for a line that may close.</param>
internal readonly record struct Fence(char Sign, int Length, int Indent, string Info);

/// <summary>The fences of a reply: where they open and which line closes them.</summary>
internal sealed class Fences(string[] lines)
{
    private static readonly HashSet<string> Documents = new(StringComparer.OrdinalIgnoreCase)
    {
        ".md",
        ".markdown",
        ".mdx",
        ".mdc",
        ".rst",
        ".txt",
        ".adoc",
        ".qmd",
        ".rmd",
    };

    private readonly Dictionary<(char, int, int), int> nextClose = [];
    private int[]? below;

    public static Fence? Read(string line)
    {
        var indent = 0;
        while (indent < line.Length && line[indent] is ' ' or '\t')
        {
            indent++;
        }
        if (indent == line.Length || line[indent] is not ('`' or '~'))
        {
            return null;
        }
        var end = indent;
        while (end < line.Length && line[end] == line[indent])
        {
            end++;
        }
        var info = line[end..].Trim();
        return end - indent < 3 || (line[indent] == '`' && info.Contains('`', StringComparison.Ordinal))
            ? null
            : new Fence(line[indent], end - indent, indent, info);
    }

    public static bool IsDocument(string? path, string info) =>
        Documents.Contains(Path.GetExtension(path ?? ""))
        || info.Split(' ', ':')[0].ToLowerInvariant() is "markdown" or "md" or "mdx" or "rst";

    /// <summary>The line that closes the fence opened at <paramref name="open"/>; where none does, the line at which something else
    /// begins: the next file, or the end of the reply.</summary>
    /// <param name="isFile">What is in it is the text of a file, named for certain.</param>
    public (int? Line, int Next) Close(int open, Fence fence, bool document, bool isFile) =>
        document ? CloseOfDocument(open, fence)
        : isFile ? CloseOfCode(open, fence)
        : (FirstClose(open, fence), lines.Length);

    // A fence that is deeper than the opening one belongs to the text: a context line of a diff, a comment with an example.
    // Asked with rising lines, so the last answer per kind of fence makes all answers together one walk through the reply.
    private int? FirstClose(int open, Fence fence)
    {
        var kind = (fence.Sign, fence.Length, fence.Indent);
        if (!nextClose.TryGetValue(kind, out var close) || close <= open)
        {
            close = open + 1;
            while (close < lines.Length && !Closes(lines[close], fence))
            {
                close++;
            }
            nextClose[kind] = close;
        }
        return close < lines.Length ? close : null;
    }

    /// <summary>A fence inside a string of several lines is an example in a comment; where no end of the string is found, it was no such
    /// string. A fence below the name of another file is that file's: this one was never closed.</summary>
    private (int?, int) CloseOfCode(int open, Fence fence)
    {
        var first = FirstClose(open, fence);
        var (inDouble, inSingle) = (false, false);
        for (var i = open + 1; i < lines.Length; i++)
        {
            // A shorter fence is text of this one.
            var isFence = Read(lines[i]) is { } found && (found.Sign != fence.Sign || found.Length >= fence.Length);
            if (isFence && !inDouble && !inSingle && NameAbove(i, open) is { } name && !Closes(lines[i], fence, IsOpening(i)))
            {
                return (null, name);
            }
            if (isFence && Closes(lines[i], fence) && !inDouble && !inSingle)
            {
                return (i, lines.Length);
            }
            if (isFence && (first is null || i > first) && NameAbove(i, first ?? open) is { } next)
            {
                return (first, next);
            }
            inDouble ^= lines[i].AsSpan().Count("\"\"\"") % 2 == 1;
            inSingle ^= lines[i].AsSpan().Count("'''") % 2 == 1;
        }
        return (first, lines.Length);
    }

    private static bool Closes(string line, Fence fence, bool opens) => !opens && Closes(line, fence);

    /// <summary>An odd number of fences below it: it opens something that one of them closes.</summary>
    private bool IsOpening(int line)
    {
        if (below is null)
        {
            below = new int[lines.Length + 1];
            for (var i = lines.Length - 1; i >= 0; i--)
            {
                below[i] = below[i + 1] + (Read(lines[i]) is null ? 0 : 1);
            }
        }
        return below[line + 1] % 2 == 1;
    }

    /// <summary>
    /// A document holds fences of its own. Those with a word behind them are told apart from ends; when some have none, the last fence
    /// before the next file counts, as nothing better can be known. Where they do not pair, the end is missing.
    /// </summary>
    private (int?, int) CloseOfDocument(int open, Fence fence)
    {
        int depth = 0,
            openings = 0,
            bares = 0,
            next = lines.Length;
        int? first = null,
            last = null;
        var bare = false;
        for (var i = open + 1; i < lines.Length; i++)
        {
            if (Read(lines[i]) is not { } found || found.Sign != fence.Sign || found.Length < fence.Length || found.Indent > fence.Indent)
            {
                continue;
            }
            if (last is not null && depth == 0 && NameAbove(i, last.Value) is { } name)
            {
                next = name;
                break;
            }
            if (found.Info.Length > 0)
            {
                depth++;
                openings++;
                continue;
            }
            bares++;
            if (found.Length == fence.Length)
            {
                last = i;
            }
            bare |= depth == 0 && first is not null;
            if (depth == 0)
            {
                first ??= i;
            }
            depth = Math.Max(0, depth - 1);
        }
        return (
            (bares - openings) % 2 == 0 ? null
            : bare ? last
            : first ?? last,
            next
        );
    }

    /// <summary>The line that names the file of the fence at <paramref name="line"/>.</summary>
    private int? NameAbove(int line, int after)
    {
        if (PathLine.ReadFenceWords(Read(lines[line])?.Info ?? "") is not null)
        {
            return line;
        }
        for (var i = line - 1; i > after; i--)
        {
            if (lines[i].Trim().Length > 0)
            {
                return PathLine.Read(lines[i]) is not null ? i : null;
            }
        }
        return null;
    }

    public static bool Closes(string line, Fence fence) =>
        Read(line) is { Info.Length: 0 } found && found.Sign == fence.Sign && found.Length >= fence.Length && found.Indent <= fence.Indent;
}
