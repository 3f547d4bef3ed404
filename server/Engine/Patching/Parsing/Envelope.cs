namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>Whether a fence or a tag stands around edits, or its text is a file's own, which may show edits.</summary>
internal static class Envelope
{
    private const int MostFences = 2;

    private static readonly string[] Comments = ["//", "#", "--", "/*", "<!--", "*", ";", "%", "..."];

    /// <summary>Between these lines stand edits of this file, whose name is certain.</summary>
    public static bool Holds(ReplyScan scan, int from, int end, string path)
    {
        var isShown = Shown.In(path);
        var head = Skip(scan.Lines, from, end, line => isShown ? PathLine.Read(line) == path : IsRemark(line));
        return StartsEdit(scan.Lines, head, end) && (!isShown || OnlyFor(scan, from, end, path));
    }

    /// <summary>A fence without a file around edits: names and other fences may stand above them, a text that describes them may
    /// not.</summary>
    public static bool Wraps(ReplyScan scan, int from, int end)
    {
        var fences = 0;
        var head = Skip(scan.Lines, from, end, line =>
            PathLine.Read(line) is not null || (Fences.Read(line) is not null && ++fences <= MostFences)
        );
        return StartsEdit(scan.Lines, head, end);
    }

    private static bool StartsEdit(string[] lines, int head, int end) =>
        head < end && EditFormats.Edits.Any(format => format.IsStart(lines, head));

    /// <summary>The first line that says something; names, remarks and commands do not.</summary>
    private static int Skip(string[] lines, int from, int end, Func<string, bool> isNothing)
    {
        while (from < end && (lines[from].AsSpan().Trim().Length == 0 || IsCommand(lines[from]) || isNothing(lines[from])))
        {
            from++;
        }
        return from;
    }

    private static bool IsRemark(string line) =>
        PathLine.Read(line) is not null || Array.Exists(Comments, sign => line.AsSpan().TrimStart().StartsWith(sign));

    /// <summary>A command that takes a patch.</summary>
    public static bool IsCommand(string line) =>
        (line.Contains("apply_patch", StringComparison.Ordinal) && !line.StartsWith('*'))
        || line.StartsWith("git apply", StringComparison.Ordinal)
        || line.StartsWith("patch -", StringComparison.Ordinal);

    /// <summary>Nothing but blocks, and none that says it is for another file.</summary>
    private static bool OnlyFor(ReplyScan scan, int from, int end, string path)
    {
        var inner = new ReplyScan(scan.Lines[from..end], complete: true) { JsonTries = 0 };
        inner.Name(path);
        inner.Run(untilProse: true);
        return !inner.HasProse && inner.NextNumber > 1 && inner.Blocks.TrueForAll(block => block.Path == path && block is not WriteBlock);
    }
}
