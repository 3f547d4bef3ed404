using System.Text;

namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>Dashes, quotes and spaces that models (and word processors) put in place of the plain ones.</summary>
internal static class Glyphs
{
    public static string Plain(string line)
    {
        if (Ascii.IsValid(line))
        {
            return line;
        }
        var text = new StringBuilder(line.Length);
        foreach (var letter in Accents.Compose(line))
        {
            text.Append(Plain(letter));
        }
        return text.ToString();
    }

    private static char Plain(char letter) =>
        letter switch
        {
            >= '\u2010' and <= '\u2015' or '\u2212' => '-',
            >= '\u2018' and <= '\u201B' => '\'',
            >= '\u201C' and <= '\u201F' => '"',
            '\u00A0' or (>= '\u2002' and <= '\u200A') or '\u202F' or '\u205F' or '\u3000' => ' ',
            _ => letter,
        };
}
