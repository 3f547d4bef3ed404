namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>Unified diffs of git, diff and memory: headers, numbers and counts may be missing or wrong.</summary>
internal sealed class UnifiedDiff : IPatchFormat
{
    public string Name => "unified diff";

    bool IEditFormat.IsStart(string[] lines, int at) => IsStart(lines, at);

    public bool BeginsPatch(string[] lines, int at) => IsStart(lines, at);

    /// <summary>To the end of the fence around it, or of the text.</summary>
    public (int Start, int End)? WholePatch(string[] lines)
    {
        var first = Enumerable.Range(0, lines.Length).FirstOrDefault(at => IsStart(lines, at), -1);
        if (first < 0)
        {
            return null;
        }
        var open = Array.FindLastIndex(lines, first, line => Fences.Read(line) is not null);
        var close = open < 0 ? null : new Fences(lines).Close(open, Fences.Read(lines[open])!.Value, document: false, isFile: false).Line;
        return (first, close is { } end && end > first ? end : lines.Length);
    }

    public static bool IsStart(string[] lines, int at) =>
        lines[at].StartsWith("diff --git ", StringComparison.Ordinal)
        || IsNames(lines, at)
        || IsOneName(lines, at)
        || IsNumbered(lines[at]);

    /// <summary>A hunk with numbers is a diff wherever it stands; a bare <c>@@</c> may be anything.</summary>
    public static bool IsNumbered(string line) =>
        line.StartsWith("@@ -", StringComparison.Ordinal) && HunkHeader.Read(line).Line is not null;

    public bool TryRead(ReplyScan scan)
    {
        if (!IsStart(scan.Lines, scan.At) && !(scan.InDiff && scan.Lines[scan.At].AsSpan().Trim().Length > 0))
        {
            return false;
        }
        new DiffReader(scan).ReadFile();
        return true;
    }

    /// <summary>Only one of the two, right above a hunk.</summary>
    public static bool IsOneName(string[] lines, int at) =>
        at + 1 < lines.Length
        && HunkHeader.Is(lines[at + 1])
        && (lines[at].StartsWith("--- ", StringComparison.Ordinal) || lines[at].StartsWith("+++ ", StringComparison.Ordinal))
        && DiffName.Read(lines[at][4..]) is { } name
        && PathLooks.Like(name);

    /// <summary>The <c>---</c> and <c>+++</c> lines above each other.</summary>
    public static bool IsNames(string[] lines, int at) =>
        at + 1 < lines.Length
        && lines[at].StartsWith("--- ", StringComparison.Ordinal)
        && lines[at + 1].StartsWith("+++ ", StringComparison.Ordinal);
}
