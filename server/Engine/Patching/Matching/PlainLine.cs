using System.Text;

namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>A line as <see cref="LineKey.Glyph"/> and <see cref="LineKey.Spacing"/> compare it.</summary>
/// <param name="Text">In plain signs.</param>
/// <param name="From">Where the part of the line that became each character of the text begins, and the end of the line. What became
/// nothing (blanks at the ends, signs without width) belongs to the part before it, or else to the first.</param>
internal readonly record struct PlainLine(string Text, int[] From)
{
    public static PlainLine Of(string line, LineKey key)
    {
        var plain = WithPlainSigns(line);
        var (text, from) = key == LineKey.Spacing ? plain.Spaced() : plain.WithoutTail();
        for (var i = from.Length - 1; i >= 0; i--)
        {
            from[i] = from[i] == from[0] ? 0 : from[i];
        }
        from[^1] = line.Length;
        return new PlainLine(text, from);
    }

    /// <summary>Something of the line begins with this character: two of the text may be one sign of the line.</summary>
    public bool IsBorder(int at) => at == 0 || From[at] != From[at - 1];

    public static PlainLine WithPlainSigns(string line)
    {
        if (Ascii.IsValid(line))
        {
            return new PlainLine(line, [.. Enumerable.Range(0, line.Length + 1)]);
        }
        var (text, from) = (new StringBuilder(line.Length), new List<int>(line.Length + 1));
        for (var i = 0; i < line.Length; i++)
        {
            if (text.Length > 0 && Accents.Join(text[^1], line[i]) is { } both)
            {
                text[^1] = both;
                continue;
            }
            foreach (var sign in Glyphs.Plain(line[i]) ?? line[i].ToString())
            {
                text.Append(sign);
                from.Add(i);
            }
        }
        return new PlainLine(text.ToString(), [.. from, line.Length]);
    }

    private PlainLine Spaced()
    {
        var (text, from) = (new StringBuilder(Text.Length), new List<int>(Text.Length + 1));
        var (start, end) = (Text.Length - Text.AsSpan().TrimStart().Length, Text.AsSpan().TrimEnd().Length);
        var quote = '\0';
        for (var i = start; i < end; i++)
        {
            var letter = Text[i];
            if (quote == '\0' && char.IsWhiteSpace(letter))
            {
                if (char.IsWhiteSpace(Text[i - 1]))
                {
                    continue;
                }
                letter = ' ';
            }
            text.Append(letter);
            from.Add(From[i]);
            if (quote != '\0' && letter == '\\' && i + 1 < end)
            {
                text.Append(Text[++i]);
                from.Add(From[i]);
            }
            else if (letter is '"' or '\'' or '`')
            {
                quote =
                    quote == '\0' ? letter
                    : quote == letter ? '\0'
                    : quote;
            }
        }
        return new PlainLine(text.ToString(), [.. from, From[^1]]);
    }

    private PlainLine WithoutTail() => Text.AsSpan().TrimEnd().Length is var end ? new(Text[..end], From[..(end + 1)]) : this;
}
