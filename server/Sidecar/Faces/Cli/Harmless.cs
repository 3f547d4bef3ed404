using System.Globalization;
using System.Text;

namespace CodexSidecar.Faces.Cli;

/// <summary>
/// Text from models, files and child processes may hold terminal commands (escape sequences, also the 8-bit ones) or invisible
/// characters that reorder a line (https://trojansource.codes). Shown, they become visible signs: <c>␛[31m</c>, <c>�</c>.
/// </summary>
internal static class Harmless
{
    /// <summary>For one line: nothing in it can start another.</summary>
    public static string Line(string text) => Clean(text, oneLine: true);

    /// <summary>For running text: line ends stay, a carriage return alone counts as one.</summary>
    public static string Text(string text) =>
        Clean(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'), oneLine: false);

    private static string Clean(string text, bool oneLine)
    {
        var first = text.AsSpan().IndexOfAnyExceptInRange(' ', '~');
        if (first < 0)
        {
            return text;
        }
        var clean = new StringBuilder(text.Length).Append(text, 0, first);
        foreach (var rune in text.AsSpan(first).EnumerateRunes())
        {
            clean.Append(oneLine || rune.Value != '\n' ? Sign(rune) : "\n");
        }
        return clean.ToString();
    }

    private static string Sign(Rune rune) =>
        rune.Value switch
        {
            '\t' => "    ",
            < 0x20 => ((char)(0x2400 + rune.Value)).ToString(),
            0x7f => "␡",
            // The two joiners are needed to write Persian, Hindi and many emoji.
            0x200c or 0x200d => rune.ToString(),
            _ => Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                    or UnicodeCategory.PrivateUse
                ? "\ufffd"
                : rune.ToString(),
        };
}
