namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>
/// The text before and after between tags: <c>&lt;old_string&gt;</c> to its end, then <c>&lt;new_string&gt;</c>; the same as parameters
/// of a call, and whatever else <see cref="OldNewNames"/> knows.
/// </summary>
internal sealed class OldNewTags : IEditFormat
{
    /// <summary>So far below the one the other may open, where only the lines are looked at.</summary>
    private const int Farthest = 400;

    private static readonly string[] Wrappers = ["edit", "edits", "replace_in_file", "search_and_replace", "str_replace", "apply_edit"];

    /// <param name="Close">What ends it.</param>
    /// <param name="From">Where its text begins in the line.</param>
    private readonly record struct OpenedTag(string Name, string Close, int From);

    private readonly record struct Element(string Name, string Text, int Line, int Column);

    public string Name => "tags before and after";

    public bool IsStart(string[] lines, int at)
    {
        if (Open(lines[at], 0) is not { } tag || !OldNewNames.IsOld(tag.Name))
        {
            return false;
        }
        for (var i = at; i < lines.Length && i < at + Farthest; i++)
        {
            var from = i == at ? lines[i].IndexOf(tag.Close, tag.From, StringComparison.Ordinal) : 0;
            from = i == at && from >= 0 ? from + tag.Close.Length : from;
            if (from >= 0 && Open(lines[i], from) is { } next && OldNewNames.IsPair(tag.Name, next.Name))
            {
                return true;
            }
        }
        return false;
    }

    public bool TryRead(ReplyScan scan)
    {
        if (NamesFile(scan))
        {
            return true;
        }
        if (Open(scan.Lines[scan.At], 0) is not { } tag || !OldNewNames.IsOld(tag.Name))
        {
            return false;
        }
        var (path, above) = (scan.PathForEdit, scan.NamesFor(scan.At));
        if (
            Read(scan, scan.At, 0) is { } old
            && Read(scan, old.Line, old.Column) is { } now
            && OldNewNames.IsPair(old.Name, now.Name)
            && scan.Lines[now.Line].AsSpan(now.Column).Trim() is [] or ['<', '/', ..]
        )
        {
            scan.Add(new ReplaceBlock(scan.NextNumber, path, old.Text, now.Text, ReplaceHints.None) { Above = above });
            scan.At = now.Line + 1;
            return true;
        }
        if (!OldNewNames.IsPlain(tag.Name) || path.Length == 0)
        {
            return false;
        }
        var start = scan.At++;
        if (scan.Complete)
        {
            scan.Refuse("malformed", path, $"<{tag.Name}> at line {start + 1} of the reply has no end, or no new text below it.");
        }
        else
        {
            scan.RefuseCut(path);
        }
        return true;
    }

    /// <summary><c>&lt;edit path="a.js"&gt;</c> around the two.</summary>
    private static bool NamesFile(ReplyScan scan)
    {
        var line = scan.Lines[scan.At].Trim();
        if (line is not ['<', .., '>'] || !Wrappers.Contains(line[1..].Split(' ')[0]) || TagText.Path(line[1..^1]) is not { } path)
        {
            return false;
        }
        var next = scan.At + 1;
        while (next < scan.Lines.Length && scan.Lines[next].AsSpan().Trim().Length == 0)
        {
            next++;
        }
        if (next == scan.Lines.Length || Open(scan.Lines[next], 0) is not { } tag || !OldNewNames.IsOld(tag.Name))
        {
            return false;
        }
        scan.Name(path);
        scan.At = next;
        return true;
    }

    private static Element? Read(ReplyScan scan, int line, int column)
    {
        var lines = scan.Lines;
        while (line < scan.Limit && lines[line].AsSpan(column).Trim().Length == 0)
        {
            (line, column) = (line + 1, 0);
        }
        if (line >= scan.Limit || Open(lines[line], column) is not { } tag)
        {
            return null;
        }
        var here = lines[line].IndexOf(tag.Close, tag.From, StringComparison.Ordinal);
        if (here >= 0)
        {
            return new Element(tag.Name, lines[line][tag.From..here] + "\n", line, here + tag.Close.Length);
        }
        var end = scan.NextEndingWith(tag.Close, line + 1);
        if (end >= scan.Limit)
        {
            return null;
        }
        var last = lines[end].TrimEnd();
        List<string> text = [lines[line][tag.From..], .. lines[(line + 1)..end], last[..^tag.Close.Length]];
        // The lines of the tags themselves are text only if something else stands on them.
        if (text[^1].Trim().Length == 0)
        {
            text.RemoveAt(text.Count - 1);
        }
        if (text[0].Trim().Length == 0)
        {
            text.RemoveAt(0);
        }
        return new Element(tag.Name, HunkBody.Join(text), end, last.Length);
    }

    private static OpenedTag? Open(string line, int column)
    {
        var start = column;
        while (start < line.Length && line[start] is ' ' or '\t')
        {
            start++;
        }
        if (start + 2 >= line.Length || line[start] != '<' || !char.IsAsciiLetter(line[start + 1]))
        {
            return null;
        }
        var end = line.IndexOf('>', start);
        if (end < 0 || end - start > 80)
        {
            return null;
        }
        var head = line[(start + 1)..end];
        var element = head.Split(' ', '=')[0];
        return new OpenedTag(TagText.Name(head), $"</{element}>", end + 1);
    }
}
