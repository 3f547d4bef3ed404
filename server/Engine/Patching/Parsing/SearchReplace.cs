using System.Globalization;
using System.Text;

namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>Blocks between conflict-like markers, in the spellings models know them by.</summary>
internal sealed class SearchReplace : IEditFormat
{
    private const string Order =
        "Write <<<<<<< SEARCH, the old lines, =======, the new lines, >>>>>>> REPLACE, each marker once and on its own line.";

    public static bool IsStart(string line) => IsMarker(line, '<', "SEARCH", "ORIGINAL") || IsMarker(line, '-', "SEARCH");

    public string Name => "SEARCH/REPLACE";

    /// <summary>A file's path may stand above it.</summary>
    public bool StartsAnywhere => true;

    bool IEditFormat.IsStart(string[] lines, int at) => IsStart(lines[at]);

    public bool Opens(string line) => IsStart(line);

    public bool Closes(string line) => IsEnd(line);

    public bool TryRead(ReplyScan scan)
    {
        var first = scan.Lines[scan.At];
        if (IsEnd(first))
        {
            scan.Refuse("malformed", scan.PathForEdit, $"Line {scan.At + 1} of the reply has an end marker without a start. {Order}");
            scan.At++;
            return true;
        }
        if (!IsStart(first))
        {
            return false;
        }
        Read(scan);
        return true;
    }

    private static void Read(ReplyScan scan)
    {
        var (lines, start) = (scan.Lines, scan.At);
        var indent = lines[start].Length - lines[start].TrimStart().Length;
        var path = scan.PathForEdit;
        var dividers = new List<int>();
        var end = start + 1;
        for (; end < lines.Length && !IsEnd(lines[end]) && !IsStart(lines[end]); end++)
        {
            if (IsDivider(lines[end], indent))
            {
                dividers.Add(end);
            }
        }
        var ended = end < lines.Length && IsEnd(lines[end]);
        scan.At = ended ? end + 1 : end;
        if (!ended && dividers.Count == 2 && (scan.Complete || end < lines.Length) && OnlyEnvelope(lines, dividers[1] + 1, end))
        {
            // The second divider stands for the end marker.
            (end, ended) = (dividers[1], true);
            dividers.RemoveAt(1);
            scan.At = end + 1;
        }
        if (!ended && end == lines.Length && !scan.Complete)
        {
            scan.RefuseCut(path);
        }
        else if (!ended || dividers.Count == 0)
        {
            scan.Refuse(
                "malformed",
                path,
                $"The block that starts at line {start + 1} of the reply has no {(ended ? "======= line" : "end marker")}. {Order}"
            );
        }
        else
        {
            scan.Add(Build(scan, path, indent, start, dividers, end));
        }
    }

    private static ReplaceBlock Build(ReplyScan scan, string path, int indent, int start, List<int> dividers, int end)
    {
        var body = scan.Lines.AsSpan((start + 1)..end);
        var strip = indent > 0 && All(body, line => line.Trim().Length == 0 || Indent(line) >= indent) ? indent : 0;
        var search = Half(scan.Lines.AsSpan((start + 1)..dividers[0]), strip);
        var replace = Half(scan.Lines.AsSpan((dividers[0] + 1)..end), strip);
        var line = TakeHeader(search);
        var above = scan.NamesFor(start);
        // A new file can only be named by what stands above it.
        if (search.Count == 0 && !scan.IsNamed && NamesAbove.Word(scan.Lines, start) is { } word)
        {
            (path, above) = (word, [word]);
        }
        return new ReplaceBlock(
            scan.NextNumber,
            path,
            Join(search),
            Join(replace),
            new ReplaceHints
            {
                Line = line,
                Divider = scan.Lines[dividers[0]],
                Dividers = [.. dividers.Skip(1).Select(divider => divider - dividers[0] - 1)],
            }
        )
        {
            Above = above,
        };
    }

    private static List<string> Half(ReadOnlySpan<string> lines, int strip)
    {
        var half = new List<string>(lines.Length);
        foreach (var line in lines)
        {
            var text =
                strip == 0 ? line
                : line.Length >= strip ? line[strip..]
                : "";
            half.Add(text is ['\\', ..] && (IsDivider(text[1..], 0) || IsStart(text[1..]) || IsEnd(text[1..])) ? text[1..] : text);
        }
        return half;
    }

    /// <summary><c>:start_line:12</c> and its like at the head of a SEARCH, with the rule below them.</summary>
    private static int? TakeHeader(List<string> search)
    {
        int? number = null;
        var header = 0;
        for (; header < search.Count && search[header].TrimStart() is ['_' or ':', ..] && Field(search[header]) is { } field; header++)
        {
            number ??= field.Name == "start_line" ? field.Value : null;
        }
        if (header == 0)
        {
            return null;
        }
        if (header < search.Count && search[header].Trim() is { Length: >= 5 } rule && rule.All(letter => letter == '-'))
        {
            header++;
        }
        search.RemoveRange(0, header);
        return number;
    }

    private static (string Name, int Value)? Field(string line) =>
        line.Trim().Split(':') is ["", var name, var digits]
        && name is ("start_line" or "end_line")
        && int.TryParse(digits, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var value)
            ? (name, value)
            : null;

    public static bool IsEnd(string line) => IsMarker(line, '>', "REPLACE", "UPDATED") || IsMarker(line, '+', "REPLACE");

    private static bool IsDivider(string line, int indent)
    {
        var text = line.AsSpan().TrimEnd();
        text = text.Length >= indent && text[..Math.Min(indent, text.Length)].IsWhiteSpace() ? text[indent..] : text;
        return text.Length is >= 5 and <= 9 && text.TrimStart('=').Length == 0;
    }

    private static bool IsMarker(string line, char sign, params ReadOnlySpan<string> words)
    {
        var text = line.AsSpan().Trim();
        var count = 0;
        while (count < text.Length && text[count] == sign)
        {
            count++;
        }
        if (count is < 5 or > 9)
        {
            return false;
        }
        var rest = text[count..].Trim().TrimEnd("<>:").TrimEnd();
        foreach (var word in words)
        {
            if (rest.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    private static bool OnlyEnvelope(string[] lines, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (Fences.Read(lines[i]) is { Info.Length: 0 })
            {
                return true;
            }
            if (lines[i].Trim().Length > 0)
            {
                return PathLine.Read(lines[i]) is not null;
            }
        }
        return true;
    }

    private static int Indent(string line) => line.Length - line.TrimStart().Length;

    private static bool All(ReadOnlySpan<string> lines, Func<string, bool> holds)
    {
        foreach (var line in lines)
        {
            if (!holds(line))
            {
                return false;
            }
        }
        return true;
    }

    private static string Join(List<string> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.Append(line).Append('\n');
        }
        return text.ToString();
    }
}
