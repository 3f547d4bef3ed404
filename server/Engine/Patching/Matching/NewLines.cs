using System.Text;

namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>
/// The new lines of a block, as they have to look at the place where it was found: what SEARCH had other than the file (indent, blanks,
/// typographic signs), REPLACE has too, and the file's way counts.
/// </summary>
internal sealed class NewLines(FileLines file, Reading reading, int start)
{
    // Only where lines were compared by plain signs can they differ in them.
    private readonly bool mayDiffer = reading.Key is LineKey.Glyph or LineKey.Spacing;

    private HashSet<char>? foreign;

    /// <summary>Typographic signs of SEARCH in whose place the file has plain ones.</summary>
    private HashSet<char> Foreign => foreign ??= FindForeign();

    public IReadOnlyList<string> Of(LineRun run)
    {
        var lines = new string[run.NewCount];
        for (var i = 0; i < lines.Length; i++)
        {
            var line = reading.Replace[run.NewStart + i];
            line = mayDiffer ? WithSignsOfFile(line, i < run.Count ? run.Start + i : null) : line;
            lines[i] = Indented(line, Math.Min(run.Start + i, Math.Max(run.Start, run.End - 1)));
        }
        return lines;
    }

    /// <summary>How much deeper the file's line is than SEARCH's.</summary>
    public static int Deeper(FileLines file, Reading reading, int start, int line) =>
        file.Width(file[start + line]) - file.Width(reading.Search[line]);

    private string Indented(string line, int beside) =>
        reading.Shift != IndentShift.None && NearestFilled(beside) is { } near
            ? file.Indented(line, Deeper(file, reading, start, near), start + near)
            : line;

    private int? NearestFilled(int at)
    {
        for (var away = 0; away < reading.Search.Count; away++)
        {
            if (at - away is >= 0 and var above && above < reading.Search.Count && IsFilled(above))
            {
                return above;
            }
            if (at + away < reading.Search.Count && IsFilled(at + away))
            {
                return at + away;
            }
        }
        return null;
    }

    private bool IsFilled(int line) => reading.Search[line].AsSpan().Trim().Length > 0;

    /// <summary>The head and the tail that a new line shares with the line it replaces are the file's; what is new between them has the
    /// file's signs.</summary>
    /// <param name="replaced">The line of SEARCH it stands for; null: it is only added.</param>
    private string WithSignsOfFile(string line, int? replaced)
    {
        // SEARCH has the plain signs and the file the others: a new line may have plain ones.
        if (reading.Key == LineKey.Glyph && Foreign.Count == 0)
        {
            return line;
        }
        var body = line.Trim();
        if (replaced is not { } at || body.Length == 0)
        {
            return Plain(line);
        }
        var (search, old) = (reading.Search[at].Trim(), file[start + at].Trim());
        var (searchPlain, oldPlain) = (PlainLine.Of(search, reading.Key), PlainLine.Of(old, reading.Key));
        if (searchPlain.Text != oldPlain.Text)
        {
            return Plain(line);
        }
        var indent = line.IndexOf(body, StringComparison.Ordinal);
        var (head, tail) = Shared(search, body);
        var (first, last) = (0, searchPlain.Text.Length);
        for (var i = 0; i <= searchPlain.Text.Length; i++)
        {
            if (searchPlain.IsBorder(i) && oldPlain.IsBorder(i) && searchPlain.From[i] <= head)
            {
                first = i;
            }
        }
        while (last > first && Fits(last - 1))
        {
            last--;
        }
        while (!searchPlain.IsBorder(last) || !oldPlain.IsBorder(last))
        {
            last++;
        }
        var middle = body[searchPlain.From[first]..(body.Length - (search.Length - searchPlain.From[last]))];
        return Plain(line[..indent])
            + old[..oldPlain.From[first]]
            + Plain(middle)
            + old[oldPlain.From[last]..]
            + line[(indent + body.Length)..];

        bool Fits(int at) => searchPlain.From[at] >= search.Length - tail;
    }

    private static (int Head, int Tail) Shared(string one, string other)
    {
        var head = one.AsSpan().CommonPrefixLength(other);
        var tail = 0;
        while (tail < Math.Min(one.Length, other.Length) - head && one[^(tail + 1)] == other[^(tail + 1)])
        {
            tail++;
        }
        return (head, tail);
    }

    private string Plain(string text) =>
        Foreign.Count == 0
            ? text
            : string.Concat(text.Select(letter => Foreign.Contains(letter) ? Glyphs.Plain(letter) : letter.ToString()));

    private HashSet<char> FindForeign()
    {
        var found = new HashSet<char>();
        for (var line = 0; line < reading.Search.Count; line++)
        {
            var (search, old) = (reading.Search[line], file[start + line]);
            if (Ascii.IsValid(search))
            {
                continue;
            }
            var (searchPlain, oldPlain) = (PlainLine.Of(search, reading.Key), PlainLine.Of(old, reading.Key));
            for (var i = 0; i < searchPlain.Text.Length; i++)
            {
                found.UnionWith(OnlyIn(Part(search, searchPlain, i), Part(old, oldPlain, i)));
            }
        }
        return found;

        static string Part(string line, PlainLine plain, int at) => line[plain.From[at]..plain.From[at + 1]];

        static IEnumerable<char> OnlyIn(string one, string other) =>
            one.Where(letter => Glyphs.Plain(letter) is not null && !other.Contains(letter, StringComparison.Ordinal));
    }
}
