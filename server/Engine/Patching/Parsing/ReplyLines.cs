namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>A reply as lines, without what a model's template leaks into it.</summary>
internal static class ReplyLines
{
    private static readonly string[] EndTokens = ["<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end|>"];

    private static readonly string[] ReasoningTags = ["think", "thinking", "reasoning", "thought"];

    /// <returns>The lines, and whether the last one is the reply's own end.</returns>
    public static (string[] Lines, bool Complete) Of(string reply, bool complete)
    {
        (reply, complete) = AfterReasoning(reply, complete);
        var lines = reply.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = lines[i].EndsWith('\r') ? lines[i][..^1] : lines[i];
        }
        if (reply.Contains("<|", StringComparison.Ordinal) && EndToken(lines) is var (end, rest))
        {
            return ([.. lines[..end], rest], true);
        }
        // What looks like a marker at the cut may have been the beginning of another line; behind the last LF stands no line at all.
        return lines[^1].Length == 0 || !complete ? (lines[..^1], complete) : (lines, complete);
    }

    /// <summary>What ends the thought that begins at the head of this line; null: none does.</summary>
    public static string? Thought(ReadOnlySpan<char> line)
    {
        foreach (var tag in ReasoningTags)
        {
            if (
                line.Length > tag.Length + 1
                && line[tag.Length + 1] == '>'
                && line[1..].StartsWith(tag, StringComparison.OrdinalIgnoreCase)
            )
            {
                return $"</{tag}>";
            }
        }
        return null;
    }

    private static (string, bool) AfterReasoning(string reply, bool complete)
    {
        var text = reply.AsSpan().TrimStart();
        foreach (var tag in ReasoningTags)
        {
            if (!text.StartsWith($"<{tag}>", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }
            var end = text.IndexOf($"</{tag}>", StringComparison.OrdinalIgnoreCase);
            return end < 0 ? ("", false) : (text[(end + tag.Length + 3)..].ToString(), complete);
        }
        return (reply, complete);
    }

    /// <summary>Behind a model's own end mark stands nothing it meant to say. Inside a block such a line is text, unless it is the last
    /// one.</summary>
    private static (int Line, string Before)? EndToken(string[] lines)
    {
        var last = Array.FindLastIndex(lines, line => line.Trim().Length > 0);
        Fence? fence = null;
        IEditFormat? open = null;
        for (var i = 0; i <= last; i++)
        {
            var rest = BeforeEndToken(lines[i]);
            var line = rest ?? lines[i];
            if (open is not null)
            {
                open = open.Closes(line) ? null : open;
            }
            else if (EditFormats.All.FirstOrDefault(format => format.Opens(line)) is { } opened)
            {
                open = opened;
            }
            else if (Fences.Read(line) is { } found)
            {
                fence =
                    fence is null ? found
                    : Fences.Closes(line, fence.Value) ? null
                    : fence;
            }
            if (rest is not null && (i == last || (open is null && fence is null)))
            {
                return (i, rest);
            }
        }
        return null;
    }

    // Only alone or behind a marker: a program that handles such tokens may name them anywhere else.
    private static string? BeforeEndToken(string line)
    {
        foreach (var token in EndTokens)
        {
            if (!line.EndsWith(token, StringComparison.Ordinal))
            {
                continue;
            }
            var rest = line[..^token.Length];
            if (rest.Length == 0)
            {
                return rest;
            }
            rest = rest.TrimEnd();
            if (
                Fences.Read(rest) is { Info.Length: 0 }
                || rest.EndsWith("REPLACE", StringComparison.Ordinal)
                || rest.EndsWith("End Patch", StringComparison.Ordinal)
            )
            {
                return rest;
            }
        }
        return null;
    }
}
