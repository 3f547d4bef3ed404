using System.Text;

namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>
/// Envelopes in angle brackets: <c>&lt;file path="a.js"&gt;</c>; <c>&lt;path&gt;</c> with <c>&lt;content&gt;</c> or <c>&lt;diff&gt;</c>
/// below it; the same as parameters of
/// a call, <c>&lt;parameter name="content"&gt;</c> and <c>&lt;parameter=content&gt;</c>.
/// </summary>
internal sealed class Tags : IEditFormat
{
    private const string DataStart = "<![CDATA[",
        DataEnd = "]]>";

    /// <param name="Name">As it is closed.</param>
    /// <param name="IsDiff">Only ever an envelope of a diff.</param>
    /// <param name="Behind">What stands on the line behind the tag.</param>
    private readonly record struct Tag(string Name, bool IsDiff, string? Path, string Behind);

    /// <summary>Nothing but a tag: it separates nothing from what follows.</summary>
    public static bool IsAlone(string line) => line.AsSpan().Trim() is ['<', .., '>'];

    public string Name => "tags";

    public bool IsEnvelope => true;

    public bool IsStart(string[] lines, int at) => Open(lines[at].TrimStart()) is not null;

    public bool TryRead(ReplyScan scan)
    {
        if (Open(scan.Lines[scan.At].TrimStart()) is not { } tag)
        {
            return false;
        }
        var close = $"</{tag.Name}>";
        return tag.IsDiff ? EntersDiff(scan, close) : (tag.Path ?? scan.PathAbove) is { } path && ReadsFile(scan, tag, path, close);
    }

    private static bool ReadsFile(ReplyScan scan, Tag tag, string path, string close)
    {
        var end = tag.Behind.TrimEnd().EndsWith(close, StringComparison.Ordinal) ? scan.At : scan.NextEndingWith(close, scan.At + 1);
        if (end < scan.Lines.Length && Holds(scan, end, path))
        {
            scan.Enter(scan.At + 1, end, path);
            return true;
        }
        var start = scan.At;
        scan.At = Math.Min(end + 1, scan.Lines.Length);
        if (end < scan.Lines.Length && tag.Path is null && TagText.PartialMember(scan.Lines, start, end) is { } sibling)
        {
            scan.Refuse(
                "malformed",
                path,
                $"The call has a <{sibling}> beside its text, so that the text is a part of {path}. Send the lines that change as "
                    + "SEARCH/REPLACE, or the complete file."
            );
        }
        else if (end < scan.Lines.Length)
        {
            scan.Add(new WriteBlock(scan.NextNumber, path, Text(scan.Lines, start, end, tag.Behind, close)) { IsMarkup = true });
        }
        else if (scan.Complete)
        {
            scan.Refuse("malformed", path, $"<{tag.Name}> at line {start + 1} of the reply is never closed.");
        }
        else
        {
            scan.RefuseCut(path);
        }
        return true;
    }

    private static bool EntersDiff(ReplyScan scan, string close)
    {
        var end = scan.NextEndingWith(close, scan.At + 1);
        if (end == scan.Lines.Length)
        {
            return false;
        }
        scan.Enter(
            scan.At + 1,
            end,
            scan.PathAbove,
            diff: !scan.StartsAnywhere(scan.At + 1, end)
                && !(Head(scan, end) is var head && head < end && EditFormats.All.Any(format => format.IsStart(scan.Lines, head)))
                && Array.FindIndex(scan.Lines, scan.At + 1, end - scan.At - 1, line => line is ['+' or '-', ..]) >= 0
        );
        return true;
    }

    private static Tag? Open(string line)
    {
        if (line is not ['<', ..] || TagText.End(line) is not (> 0 and var end))
        {
            return null;
        }
        var (head, behind) = (line[1..end], line[(end + 1)..]);
        var name = head.Split(' ', '=')[0];
        switch (TagText.Name(head))
        {
            case "diff" or "patch":
                return new Tag(name, true, null, behind);
            case "content" or "contents" or "file_text":
                return new Tag(name, false, null, behind);
            case "file" or "write_file" or "write_to_file" or "create_file" or "edit_file" when TagText.Path(head) is { } path:
                return new Tag(name, false, path, behind);
            default:
                return null;
        }
    }

    /// <summary>Edits, a fence or another tag are inside. In a file that may show edits only its own count.</summary>
    private static bool Holds(ReplyScan scan, int end, string path)
    {
        if (Envelope.Holds(scan, scan.At + 1, end, path))
        {
            return true;
        }
        var head = Head(scan, end);
        return head < end
            && (Open(scan.Lines[head].TrimStart()) is not null || (!Shown.In(path) && Fences.Read(scan.Lines[head]) is not null));
    }

    private static int Head(ReplyScan scan, int end)
    {
        var head = scan.At + 1;
        while (head < end && scan.Lines[head].Trim().Length == 0)
        {
            head++;
        }
        return head;
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
            {
                text.Append(line).Append('\n');
            }
        }
        return WithoutData(text.ToString());
    }

    private static string WithoutData(string text)
    {
        var inside = text.AsSpan().Trim();
        if (!inside.StartsWith(DataStart) || !inside.EndsWith(DataEnd))
        {
            return text;
        }
        var plain = inside[DataStart.Length..^DataEnd.Length].ToString();
        plain = plain.StartsWith('\n') ? plain[1..] : plain;
        return plain.Length == 0 || plain.EndsWith('\n') ? plain : plain + "\n";
    }
}
