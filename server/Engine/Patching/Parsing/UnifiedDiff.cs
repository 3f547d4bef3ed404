namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>Unified diffs of git, diff and memory: headers, numbers and counts may be missing or wrong.</summary>
internal static class UnifiedDiff
{
    public static bool IsStart(string[] lines, int at) =>
        lines[at].StartsWith("diff --git ", StringComparison.Ordinal)
        || IsNames(lines, at)
        || IsOneName(lines, at)
        || IsNumbered(lines[at]);

    /// <summary>A hunk with numbers is a diff wherever it stands; a bare <c>@@</c> may be anything.</summary>
    public static bool IsNumbered(string line) =>
        line.StartsWith("@@ -", StringComparison.Ordinal) && HunkHeader.Read(line).Line is not null;

    public static bool TryRead(ReplyScan scan)
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
        && PathLine.LooksLikePath(name);

    /// <summary>The <c>---</c> and <c>+++</c> lines above each other.</summary>
    public static bool IsNames(string[] lines, int at) =>
        at + 1 < lines.Length
        && lines[at].StartsWith("--- ", StringComparison.Ordinal)
        && lines[at + 1].StartsWith("+++ ", StringComparison.Ordinal);
}
