using System.Text;

namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>Envelopes in angle brackets: <c>&lt;file path="a.js"&gt;</c>, and <c>&lt;path&gt;</c> with <c>&lt;content&gt;</c> or <c>&lt;diff&gt;</c> below it.</summary>
internal static class Tags
{
    public static bool TryRead(ReplyScan scan)
    {
        var line = scan.Lines[scan.At].TrimStart();
        if (Open(line) is not var (tag, named, rest))
            return false;
        if (tag is "diff" or "patch")
            return EntersDiff(scan, $"</{tag}>");
        if ((named ?? scan.PathAbove) is not { } path)
            return false;
        var close = $"</{tag}>";
        var end = rest.TrimEnd().EndsWith(close, StringComparison.Ordinal) ? scan.At : scan.NextEndingWith(close, scan.At + 1);
        if (end < scan.Lines.Length && Holds(scan, end))
        {
            scan.Enter(scan.At + 1, end, path);
            return true;
        }
        var start = scan.At;
        scan.At = Math.Min(end + 1, scan.Lines.Length);
        if (end < scan.Lines.Length)
            scan.Add(new WriteBlock(scan.NextNumber, path, Text(scan.Lines, start, end, rest, close)));
        else if (scan.Complete)
            scan.Refuse("malformed", path, $"<{tag}> at line {start + 1} of the reply is never closed.");
        else
            scan.RefuseCut(path);
        return true;
    }

    /// <summary>A diff in a tag is only ever an envelope.</summary>
    private static bool EntersDiff(ReplyScan scan, string close)
    {
        var end = scan.NextEndingWith(close, scan.At + 1);
        if (end == scan.Lines.Length)
            return false;
        scan.Enter(scan.At + 1, end, scan.PathAbove, diff: !Holds(scan, end) && Array.FindIndex(scan.Lines, scan.At + 1, end - scan.At - 1, line => line is ['+' or '-', ..]) >= 0);
        return true;
    }

    private static (string Tag, string? Path, string Behind)? Open(string line)
    {
        var end = line.IndexOf('>', StringComparison.Ordinal);
        var tag = end < 0 || line[0] != '<' ? "" : line[1..end].Split(' ')[0];
        if (tag is not ("file" or "content" or "write_file" or "write_to_file" or "create_file" or "edit_file" or "diff" or "patch"))
            return null;
        var head = line[1..end];
        foreach (var name in new[] { " path=", " name=", " file=", " filename=" })
        {
            var at = head.IndexOf(name, StringComparison.Ordinal);
            if (at >= 0 && head[(at + name.Length)..].Trim(' ', '"', '\'', '/') is { Length: > 0 } path)
                return (tag, path.Split('"', '\'')[0], line[(end + 1)..]);
        }
        return tag is "content" or "diff" or "patch" ? (tag, null, line[(end + 1)..]) : null;
    }

    /// <summary>Blocks of another format, a fence or another tag are inside.</summary>
    private static bool Holds(ReplyScan scan, int end)
    {
        var head = scan.At + 1;
        while (head < end && scan.Lines[head].Trim().Length == 0)
            head++;
        return scan.NextSearch(scan.At + 1) < end
            || (head < end && (ApplyPatch.IsStart(scan.Lines[head]) || UnifiedDiff.IsStart(scan.Lines, head) || Fences.Read(scan.Lines[head]) is not null || Open(scan.Lines[head].TrimStart()) is not null));
    }

    private static string Text(string[] lines, int start, int end, string rest, string close)
    {
        var text = new StringBuilder();
        for (var i = start; i <= end; i++)
        {
            var line = i == start ? rest : lines[i];
            line = i == end ? line.TrimEnd()[..^close.Length] : line;
            // The lines of the tags themselves are text only if something else stands on them.
            if ((i > start && i < end) || line.Trim().Length > 0)
                text.Append(line).Append('\n');
        }
        return text.ToString();
    }
}
