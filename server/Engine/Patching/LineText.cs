using System.Text;

namespace CodexSidecar.Engine.Patching;

/// <summary>
/// Text as lines that keep their endings, so that lines nobody touches come out byte for byte. The framework's splitters are no use here:
/// they
/// drop endings and take U+0085, U+2028, VT and FF for line ends, which are text to every editor and compiler.
/// </summary>
internal static class LineText
{
    /// <summary>Ends are LF and CRLF; CR only where the text has no LF at all. An empty text has no line.</summary>
    public static TextLine[] Split(string text)
    {
        var lines = new List<TextLine>();
        var end = text.Contains('\n') ? '\n' : '\r';
        for (var start = 0; start < text.Length; )
        {
            var at = text.IndexOf(end, start);
            if (at < 0)
            {
                lines.Add(new TextLine(text[start..], ""));
                break;
            }
            var crlf = end == '\n' && at > start && text[at - 1] == '\r';
            lines.Add(crlf ? new TextLine(text[start..(at - 1)], "\r\n") : new TextLine(text[start..at], end == '\n' ? "\n" : "\r"));
            start = at + 1;
        }
        return [.. lines];
    }

    /// <summary>The lines of a model's text, whose own endings mean nothing.</summary>
    public static string[] Lines(string text) => Array.ConvertAll(Split(text), line => line.Text);

    public static string Join(IEnumerable<TextLine> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.Append(line.Text).Append(line.End);
        }
        return text.ToString();
    }
}
