namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>Leading blanks by width, a tab reaching to the next stop.</summary>
internal static class Indentation
{
    public static int Width(string line, int tabWidth)
    {
        var width = 0;
        foreach (var letter in line)
        {
            if (letter == '\t')
            {
                width += tabWidth - (width % tabWidth);
            }
            else if (IsBlank(letter))
            {
                width++;
            }
            else
            {
                break;
            }
        }
        return width;
    }

    private static bool IsBlank(char letter) => letter == ' ' || Glyphs.Plain(letter) == " ";

    public static string Shift(string line, int shift, int tabWidth, bool tabs)
    {
        var text = line[line.TakeWhile(letter => letter == '\t' || IsBlank(letter)).Count()..];
        if (text.Length == 0)
        {
            return line;
        }
        var width = Math.Max(0, Width(line, tabWidth) + shift);
        return (tabs ? new string('\t', width / tabWidth) + new string(' ', width % tabWidth) : new string(' ', width)) + text;
    }
}
