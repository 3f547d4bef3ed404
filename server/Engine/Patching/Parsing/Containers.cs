using System.Text;

namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>Fences: a whole file, or only the envelope of another format.</summary>
internal sealed class Containers : IEditFormat
{
    private static readonly HashSet<string> Shells = new(StringComparer.OrdinalIgnoreCase)
    {
        "bash",
        "sh",
        "shell",
        "console",
        "zsh",
        "fish",
        "powershell",
        "ps1",
        "cmd",
        "bat",
        "terminal",
        "shell-session",
    };

    private static readonly HashSet<string> Consoles = new(Shells, StringComparer.OrdinalIgnoreCase)
    {
        "text",
        "txt",
        "output",
        "log",
        "plaintext",
    };

    public string Name => "fences";

    public bool IsEnvelope => true;

    public bool IsStart(string[] lines, int at) => Fences.Read(lines[at]) is not null;

    public bool TryRead(ReplyScan scan)
    {
        if (Fences.Read(scan.Lines[scan.At]) is not { } fence)
        {
            return false;
        }
        var words = PathLine.ReadFenceWords(fence.Info);
        var certain = words ?? Above(scan, fence.Info);
        var path = certain ?? Mentioned(scan, fence.Info);
        var open = scan.At;
        var found = scan.Fences.Close(open, fence, Fences.IsDocument(path, fence.Info), isFile: certain is not null);
        // A fence inside a tag ends before the tag does.
        var limit = scan.Limit > open ? scan.Limit : scan.Lines.Length;
        var close = found.Line < limit ? found.Line : null;
        var end = close ?? Math.Min(found.Next, limit);
        var diff = IsDiff(scan, fence, path, end);
        if (diff || HoldsEdits(scan, fence, certain, path, end))
        {
            scan.Enter(open + 1, end, words, diff);
            return true;
        }
        if (path is null && ReadsAsToolCall(scan, open, end))
        {
            return true;
        }
        scan.At = close is null ? end : end + 1;
        ReadWhole(scan, fence, path, open, end, close is null, mentioned: certain is null);
        return true;
    }

    private static void ReadWhole(ReplyScan scan, Fence fence, string? path, int open, int end, bool isOpen, bool mentioned)
    {
        // A document's own fences may close it early, and then only what follows shows that it went on.
        isOpen |= Fences.IsDocument(path, fence.Info) && scan.At >= scan.Lines.Length && !scan.Complete;
        if (isOpen && path is not null && !mentioned)
        {
            scan.RefuseCut(path);
            return;
        }
        var text = Text(scan.Lines.AsSpan((open + 1)..end), fence.Indent);
        if (path is not null)
        {
            var above = NamesAbove.Of(scan.Lines, open);
            scan.Add(new WriteBlock(scan.NextNumber, path, text, Mentioned: mentioned) { Above = above, IsCut = isOpen });
        }
        else if (text.Trim().Length > 0 && !Consoles.Contains(Language(fence.Info)))
        {
            scan.AddUnnamed(text, NamesAbove.Of(scan.Lines, open), isOpen);
        }
    }

    private static bool ReadsAsToolCall(ReplyScan scan, int open, int end)
    {
        scan.At = Math.Min(open + 1, scan.Lines.Length - 1);
        var read = scan.At < end && ToolCalls.TryRead(scan);
        scan.At = read ? Math.Max(scan.At, Math.Min(end + 1, scan.Lines.Length)) : open;
        return read;
    }

    private static string Text(ReadOnlySpan<string> lines, int indent)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            var strip = 0;
            while (strip < indent && strip < line.Length && line[strip] is ' ' or '\t')
            {
                strip++;
            }
            text.Append(line.AsSpan(strip)).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Commands below a file's name are not its text.</summary>
    private static string? Above(ReplyScan scan, string info) =>
        scan.PathAbove is { } path && !(Shells.Contains(Language(info)) && !Languages.Is(path, Language(info)) && Path.HasExtension(path))
            ? path
            : null;

    /// <summary>A file named in a sentence or higher up is meant only if the fence speaks its language: else the fence may be its output,
    /// or a command.</summary>
    private static string? Mentioned(ReplyScan scan, string info) =>
        (scan.PathInSentenceAbove ?? scan.PathNear) is { } path && Languages.Is(path, Language(info)) ? path : null;

    private static string Language(string info) => info.Split(' ', ':', '{')[0];

    /// <summary>The fence holds edits. Where its file is certain, or it may show edits, they must begin at its head; in any other one
    /// SEARCH counts anywhere.</summary>
    private static bool HoldsEdits(ReplyScan scan, Fence fence, string? certain, string? path, int end)
    {
        if (certain is not null || (path is not null && Shown.In(path)))
        {
            return Envelope.Holds(scan, scan.At + 1, end, path!);
        }
        if (path is null && (fence.Length > 3 || Fences.IsDocument(null, fence.Info)))
        {
            return Envelope.Wraps(scan, scan.At + 1, end);
        }
        if (scan.StartsAnywhere(scan.At + 1, end))
        {
            return true;
        }
        var lines = scan.Lines;
        var head = Head(lines, scan.At + 1, end);
        return head < end
            && (
                EditFormats.Edits.Any(format => format.IsStart(lines, head))
                || (path is null && EditFormats.All.Any(format => scan.NextOpening(format, head) < end))
            );
    }

    /// <summary>The fence says that it holds a diff, and there are signs in it: it is never the text of the file above, unless that is a
    /// diff itself.</summary>
    private static bool IsDiff(ReplyScan scan, Fence fence, string? path, int end)
    {
        if (
            Language(fence.Info).ToLowerInvariant() is not ("diff" or "patch" or "udiff")
            || Path.GetExtension(path ?? "") is ".diff" or ".patch"
            || scan.StartsAnywhere(scan.At + 1, end)
        )
        {
            return false;
        }
        var head = Head(scan.Lines, scan.At + 1, end);
        return head < end
            && !ApplyPatch.IsStart(scan.Lines[head])
            && Array.FindIndex(scan.Lines, head, end - head, line => line is ['+' or '-', ..]) >= 0;
    }

    /// <summary>The first line that says something; a command that takes a patch says nothing.</summary>
    private static int Head(string[] lines, int from, int end)
    {
        while (from < end && (lines[from].AsSpan().Trim().Length == 0 || Envelope.IsCommand(lines[from])))
        {
            from++;
        }
        return from;
    }
}
