using CodexSidecar.Engine.Patching.Matching;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>Text that goes to the end of a file, and is the file itself more often than a wish to have it twice.</summary>
internal static class Appended
{
    private const double Most = 0.6;

    /// <summary>The whole file where an empty SEARCH stands above it; else the block itself.</summary>
    /// <exception cref="RefusedException">malformed: most of it is in the file already.</exception>
    public static PatchBlock Read(PatchBlock block, FileText text)
    {
        var added = block switch
        {
            ReplaceBlock { Search.Length: 0 } replace => replace.Replace,
            InsertBlock { Hints: { Scopes.Count: 0, Below: false } } insert => insert.Text,
            _ => null,
        };
        if (added is null)
        {
            return block;
        }
        string[] now = Filled(LineText.Lines(added)),
            old = Filled(text.Lines.Select(line => line.Text));
        var there = now.ToHashSet(StringComparer.Ordinal);
        if (block is ReplaceBlock && old.Length > 1 && old.Count(there.Contains) >= old.Length * Most)
        {
            return new WriteBlock(block.Number, block.Path, added);
        }
        var length = Math.Max(2, (now.Length / 2) + 1);
        return now.Length < 2 || !Windows(now, length).Overlaps(Windows(old, length))
            ? block
            : throw new RefusedException(
                "malformed",
                $"The block adds lines to the end of {block.Path} that are in it already. Send the lines that change as SEARCH/REPLACE, "
                    + "or the complete file."
            );
    }

    private static string[] Filled(IEnumerable<string> lines) => [.. lines.Select(line => line.Trim()).Where(line => line.Length > 0)];

    /// <summary>Every so many lines one below the other, as one number each: one walk, however long the texts are.</summary>
    private static HashSet<ulong> Windows(string[] lines, int length)
    {
        const ulong Factor = 1_099_511_628_211;
        var found = new HashSet<ulong>();
        ulong sum = 0,
            gone = 1;
        for (var i = 1; i < length; i++)
        {
            gone *= Factor;
        }
        for (var i = 0; i < lines.Length; i++)
        {
            sum -= i >= length ? Of(lines[i - length]) * gone : 0;
            sum = (sum * Factor) + Of(lines[i]);
            if (i >= length - 1)
            {
                found.Add(sum);
            }
        }
        return found;
    }

    private static ulong Of(string line)
    {
        var sum = 14_695_981_039_346_656_037UL;
        foreach (var letter in line)
        {
            sum = (sum ^ letter) * 1_099_511_628_211;
        }
        return sum;
    }
}
