namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>What stands above a block, or behind its fence, and may be the name of its file: only the workspace can tell.</summary>
internal static class NamesAbove
{
    private const int Longest = 1024;

    /// <summary>What may be the name of a file right above a block or its fence, or in the words behind the fence: its file's name if there
    /// is such a file, as <c>Pipfile</c> or <c>Order Total.js</c>.</summary>
    public static IReadOnlyList<string> Of(string[] lines, int block)
    {
        var fence = block >= 0 && Fences.Read(lines[block]) is not null ? block : block - 1;
        if (fence >= 0 && Fences.Read(lines[fence]) is { } found && PathLine.ReadFenceWords(found.Info) is not null)
        {
            return [.. WordsBehind(found.Info)];
        }
        var above = LineAbove(lines, block);
        return above >= 0 ? PathLine.Names(lines[above]) : [];
    }

    /// <summary>A single word right above a block or its fence, which is how a new file without an extension is called. Null:
    /// none.</summary>
    public static string? Word(string[] lines, int block)
    {
        var above = LineAbove(lines, block);
        if (above < 0 || lines[above].Length > Longest)
        {
            return null;
        }
        var word = lines[above].Trim().TrimEnd(':').Trim('`', '*', '"');
        return
            word.Length > 0
            && word.All(letter => char.IsLetterOrDigit(letter) || letter is '.' or '_' or '-' or '+')
            && word.Any(char.IsLetter)
            ? word
            : null;
    }

    private static int LineAbove(string[] lines, int block)
    {
        var above = block - 1;
        if (above >= 0 && Fences.Read(lines[above]) is not null)
        {
            above--;
        }
        while (above > 0 && above >= block - 2 && lines[above].Length == 0)
        {
            above--;
        }
        return above;
    }

    /// <summary>All the words behind a fence, and all but the first, which is the language.</summary>
    private static IEnumerable<string> WordsBehind(string info)
    {
        info = PathLine.Trimmed(info);
        var first = info.IndexOfAny([' ', ':']);
        var names = first < 0 ? [info] : new[] { info, PathLine.Trimmed(info[(first + 1)..]) };
        return names.Where(name => name.AsSpan().IndexOfAny("./ ") >= 0);
    }
}
