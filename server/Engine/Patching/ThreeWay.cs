namespace CodexSidecar.Engine.Patching;

/// <summary>A place that both sides changed, each in another way.</summary>
/// <param name="Line">Of the base, 1-based: the first of <paramref name="Base"/>, or the line an insertion comes before.</param>
/// <param name="OurLine">The same of ours.</param>
internal sealed record MergeConflict(
    int Line,
    IReadOnlyList<TextLine> Base,
    IReadOnlyList<TextLine> Ours,
    IReadOnlyList<TextLine> Theirs,
    int OurLine
);

/// <param name="Lines">With conflicts: ours stands where both sides differ.</param>
internal sealed record MergedLines(IReadOnlyList<TextLine> Lines, IReadOnlyList<MergeConflict> Conflicts);

/// <param name="Bytes">Null: there are conflicts, or the three are not text of one encoding (then there is no conflict to show).</param>
internal sealed record MergedFile(byte[]? Bytes, IReadOnlyList<MergeConflict> Conflicts);

/// <summary>
/// Joins what two sides made of the same text, line by line, as diff3 and git do: what one side changed is taken; what both changed, or
/// changed side by side
/// without an unchanged line between, is a conflict unless both made the same of it. A line's end is part of the line. Pure.
/// </summary>
internal static class ThreeWay
{
    /// <param name="path">For reading the texts; nothing is opened.</param>
    /// <param name="texts">How the project's files are text; null: nothing is said about them.</param>
    public static MergedFile Merge(string path, byte[] @base, byte[] ours, byte[] theirs, TextFiles? texts = null)
    {
        if (TryRead(path, texts ?? TextFiles.Unsaid, @base, ours, theirs) is not ([var first, var second, var third], var coding))
        {
            return new MergedFile(null, []);
        }
        var merged = Merge(first.Lines, second.Lines, third.Lines);
        return new MergedFile(merged.Conflicts.Count > 0 ? null : coding.Encode(path, merged.Lines), merged.Conflicts);
    }

    public static MergedLines Merge(IReadOnlyList<TextLine> @base, IReadOnlyList<TextLine> ours, IReadOnlyList<TextLine> theirs)
    {
        var (mine, other) = (new Side(@base, ours), new Side(@base, theirs));
        List<TextLine> lines = [];
        List<MergeConflict> conflicts = [];
        var at = 0;
        while (Math.Min(mine.NextStart, other.NextStart) is var start and < int.MaxValue)
        {
            lines.AddRange(Slice(@base, at, start));
            var (ourStart, theirStart) = (mine.Map(start), other.Map(start));
            // Runs of both sides that touch belong together, and so does what touches those.
            for (at = start; mine.NextStart <= at || other.NextStart <= at; )
            {
                at = Math.Max(at, mine.NextStart <= at ? mine.Take() : other.Take());
            }
            var (our, their) = (Slice(ours, ourStart, mine.Map(at)), Slice(theirs, theirStart, other.Map(at)));
            var old = Slice(@base, start, at);
            lines.AddRange(our.SequenceEqual(old) ? their : our);
            if (!our.SequenceEqual(old) && !their.SequenceEqual(old) && !our.SequenceEqual(their))
            {
                conflicts.Add(new MergeConflict(start + 1, old, our, their, ourStart + 1));
            }
        }
        lines.AddRange(Slice(@base, at, @base.Count));
        return new MergedLines(lines, conflicts);
    }

    /// <summary>Null: one is binary, or they are of several encodings. Plain ASCII goes with every one that has no mark.</summary>
    private static (FileText[] Texts, Coding Coding)? TryRead(string path, TextFiles project, params byte[][] files)
    {
        try
        {
            var texts = Array.ConvertAll(files, bytes => project.Read(path, bytes));
            var codings = texts
                .Zip(files)
                .Where(pair => pair.First.Coding is { Mark.Length: > 0 } or { IsAsciiBased: false } || !TextFiles.IsPlain(pair.Second))
                .Select(pair => pair.First.Coding)
                .Distinct()
                .ToList();
            return codings.Count <= 1 && texts.All(text => text.Coding.Mark.Length == texts[0].Coding.Mark.Length)
                ? (texts, codings.Count > 0 ? codings[0] : texts[0].Coding)
                : null;
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    private static TextLine[] Slice(IReadOnlyList<TextLine> lines, int start, int end)
    {
        var slice = new TextLine[end - start];
        for (var i = start; i < end; i++)
        {
            slice[i - start] = lines[i];
        }
        return slice;
    }

    /// <summary>What one side changed, taken from the top.</summary>
    private sealed class Side(IReadOnlyList<TextLine> @base, IReadOnlyList<TextLine> now)
    {
        private readonly List<LineRun> runs = LineDiff.Runs(
            [.. @base.Select(line => line.ToString())],
            [.. now.Select(line => line.ToString())]
        );
        private int next;
        private int shift;

        public int NextStart => next < runs.Count ? runs[next].Start : int.MaxValue;

        /// <summary>Where a line of the base that lies behind all runs taken so far is now.</summary>
        public int Map(int line) => line + shift;

        /// <returns>Where the run ends in the base.</returns>
        public int Take()
        {
            var run = runs[next++];
            shift += run.NewCount - run.Count;
            return run.End;
        }
    }
}
