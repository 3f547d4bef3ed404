namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>A file's lines, ready to be searched: hashed once for each <see cref="LineKey"/>, when that is first asked for.</summary>
internal sealed class FileLines(IReadOnlyList<TextLine> lines, int tabWidth)
{
    /// <summary>More places than blocks in a reply are as good as endless.</summary>
    private const int MostPlaces = 1001;

    private readonly Dictionary<LineKey, Index> indexes = [];

    public int Count => lines.Count;

    public string this[int line] => lines[line].Text;

    public int Width(string line) => Indentation.Width(line, tabWidth);

    public string Indented(string line, int shift, int near) => Indentation.Shift(line, shift, tabWidth, UsesTabs(near));

    /// <summary>Where these lines stand one below the other.</summary>
    public List<int> Places(IReadOnlyList<string> search, LineKey key)
    {
        var index = IndexFor(key);
        var ids = new int[search.Count];
        List<int>? rarest = null;
        var at = 0;
        for (var i = 0; i < ids.Length; i++)
        {
            if (!index.Ids.TryGetValue(Key(search[i], key), out ids[i]))
            {
                return [];
            }
            var occurrences = index.Occurrences[ids[i]];
            if (rarest is null || occurrences.Count < rarest.Count)
            {
                (rarest, at) = (occurrences, i);
            }
        }
        var places = new List<int>();
        foreach (var line in rarest ?? [])
        {
            var start = line - at;
            if (start < 0 || start + ids.Length > lines.Count || !index.Lines.AsSpan(start, ids.Length).SequenceEqual(ids))
            {
                continue;
            }
            places.Add(start);
            if (places.Count == MostPlaces)
            {
                break;
            }
        }
        return places;
    }

    public bool Has(string line, LineKey key) => IndexFor(key).Ids.ContainsKey(Key(line, key));

    /// <summary>The lines equal to this one, in order.</summary>
    public IReadOnlyList<int> Where(string line, LineKey key)
    {
        var index = IndexFor(key);
        return index.Ids.TryGetValue(Key(line, key), out var id) ? index.Occurrences[id] : [];
    }

    private static string Key(string line, LineKey key) =>
        key switch
        {
            LineKey.Exact => line,
            LineKey.Tail => line.TrimEnd(),
            LineKey.Trim => line.Trim(),
            LineKey.Glyph when System.Text.Ascii.IsValid(line) => line.TrimEnd(),
            LineKey.Glyph or LineKey.Spacing => PlainLine.Of(line, key).Text,
            _ => throw new ArgumentOutOfRangeException(nameof(key)),
        };

    private Index IndexFor(LineKey key)
    {
        if (indexes.TryGetValue(key, out var index))
        {
            return index;
        }
        index = new Index(new int[lines.Count], new Dictionary<string, int>(lines.Count, StringComparer.Ordinal), []);
        for (var i = 0; i < lines.Count; i++)
        {
            var text = Key(lines[i].Text, key);
            if (!index.Ids.TryGetValue(text, out var id))
            {
                index.Ids[text] = id = index.Occurrences.Count;
                index.Occurrences.Add([]);
            }
            index.Occurrences[id].Add(i);
            index.Lines[i] = id;
        }
        return indexes[key] = index;
    }

    /// <summary>How the nearest indented line does it; the file's own habit.</summary>
    private bool UsesTabs(int near)
    {
        for (var away = 0; away < lines.Count; away++)
        {
            foreach (var line in new[] { near + away, near - away })
            {
                if (line >= 0 && line < lines.Count && lines[line].Text is ['\t' or ' ', ..] text && text.AsSpan().Trim().Length > 0)
                {
                    return text[0] == '\t';
                }
            }
        }
        return false;
    }

    private sealed record Index(int[] Lines, Dictionary<string, int> Ids, List<List<int>> Occurrences);
}
