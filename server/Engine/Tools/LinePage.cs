using System.Globalization;
using System.Text;

namespace CodexSidecar.Engine.Tools;

/// <summary>Some lines of a text, as many as a model can take at once, with a last line in brackets that says what there is more.</summary>
internal static class LinePage
{
    /// <summary>Line by line, so that a range near the beginning of a huge file costs no more than the range.</summary>
    /// <param name="lines">Null: all of them.</param>
    /// <param name="counted">What was left out is worth reading on to know how many lines there are.</param>
    public static ToolResult Of(TextReader reader, (int First, int Last)? lines, bool counted, CancellationToken cancellationToken)
    {
        var (first, last) = lines ?? (1, int.MaxValue);
        var (text, number, cut) = (new StringBuilder(), 0, false);
        while (number < last && !cut && NextLine(reader) is { } line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            number++;
            if (number < first)
            {
                continue;
            }
            if (text.Length == 0 && line.Length > ToolText.MostChars)
            {
                return Torn(line, number);
            }
            cut = text.Length + line.Length > ToolText.MostChars;
            if (!cut)
            {
                text.Append(line).Append('\n');
            }
        }
        var shown = cut ? number - 1 : number;
        var note =
            number < first ? $"[there are only {number} lines]"
            : cut ? More(first, shown, last, counted ? number + Count(reader, cancellationToken) : null)
            : lines is null ? ""
            : $"[lines {first}-{shown}{(reader.Peek() >= 0 ? "; there are more" : ", the last one")}]";
        var clean = ToolText.ForModel(text.ToString(), int.MaxValue);
        return new(
            true,
            note.Length == 0 ? clean : $"{clean}{(clean.Length == 0 || clean.EndsWith('\n') ? "" : "\n")}{note}",
            note.Length == 0 ? $"{shown} lines" : note.Trim('[', ']')
        );
    }

    private static string More(int first, int shown, int last, int? all)
    {
        var next = Math.Min(shown + (shown - first + 1), Math.Min(last, all ?? int.MaxValue));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"[lines {first}-{shown}{(all is null ? "; there are more" : $" of {all}")}; ask for more by \"lines\": \"{shown + 1}-{next}\"]"
        );
    }

    /// <summary>A line that is too long alone.</summary>
    private static ToolResult Torn(string line, int number)
    {
        var end = char.IsHighSurrogate(line[ToolText.MostChars - 1]) ? ToolText.MostChars - 1 : ToolText.MostChars;
        var note =
            $"[the first {end} characters of line {number}, which is too long to be shown; search finds words in it; "
            + $"go on with \"lines\": \"{number + 1}-\"]";
        return new(true, $"{ToolText.ForModel(line[..end], int.MaxValue)}\n{note}", note.Trim('[', ']'));
    }

    private static int Count(TextReader reader, CancellationToken cancellationToken)
    {
        var buffer = new char[32 << 10];
        var (count, isOpen) = (0, false);
        for (int read; (read = reader.Read(buffer)) > 0; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            count += buffer.AsSpan(0, read).Count('\n');
            isOpen = buffer[read - 1] != '\n';
        }
        return isOpen ? count + 1 : count;
    }

    /// <summary>A file without line ends must not be read into memory as one line.</summary>
    private static string? NextLine(TextReader reader)
    {
        if (reader.Peek() < 0)
        {
            return null;
        }
        var line = new StringBuilder();
        for (int letter; (letter = reader.Read()) >= 0 && letter != '\n'; )
        {
            if (line.Length <= ToolText.MostChars + 1)
            {
                line.Append((char)letter);
            }
        }
        return line.Length > 0 && line[^1] == '\r' ? line.ToString(0, line.Length - 1) : line.ToString();
    }
}
