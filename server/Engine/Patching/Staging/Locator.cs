using CodexSidecar.Engine.Patching.Matching;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>A block of a file and the places where it fits.</summary>
internal sealed class MatchResult(PatchBlock block, IReadOnlyList<Match> matches)
{
    public PatchBlock Block => block;

    public ReplaceHints Hints => block is ReplaceBlock replace ? replace.Hints : ((InsertBlock)block).Hints;

    public IReadOnlyList<Match> Matches { get; set; } = matches;

    public Match? Only => Matches is [var match] ? match : null;

    /// <summary>The block cannot be read at all against this file.</summary>
    public RefusedException? Refused { get; set; }
}

/// <summary>
/// Decides where the blocks of one file go: all are located against the same text, then hints choose where there are several places.
/// <code>
/// PatchBlock -> Splits (which ======= divides it) -> MatchSearch (all places of the lines) -> Locator (the one place) -> PartialEdits
/// </code>
/// Nothing is left: not found. Several are left: ambiguous.
/// </summary>
internal static class Locator
{
    private const int NearestLine = 40;

    public static List<MatchResult> Locate(FileLines file, IReadOnlyList<PatchBlock> blocks, string path)
    {
        var located = blocks.Select(block => Locate(file, block, path)).ToList();
        foreach (var one in located.Where(one => one.Hints.AtEnd && one.Block is ReplaceBlock))
        {
            one.Matches = [.. one.Matches.Where(match => AtEnd(file, match))];
        }
        Repeat(located);
        foreach (var one in located.Where(one => one.Matches.Count > 1))
        {
            Choose(file, located, one);
        }
        KeepOrder(located);
        return located;
    }

    private static MatchResult Locate(FileLines file, PatchBlock block, string path)
    {
        try
        {
            return new MatchResult(block, Find(file, block, path));
        }
        catch (RefusedException refused)
        {
            return new MatchResult(block, []) { Refused = refused };
        }
    }

    private static IReadOnlyList<Match> Find(FileLines file, PatchBlock block, string path) =>
        block switch
        {
            ReplaceBlock { Search.Length: 0 } replace => [Insertion(file.Count, LineText.Lines(replace.Replace))],
            ReplaceBlock replace => FindLines(file, replace, path),
            InsertBlock { Hints: { Below: true, Line: { } line } } insert => line <= file.Count
                ? [Insertion(line, LineText.Lines(insert.Text))]
                : [],
            InsertBlock { Hints: { AtEnd: true } or { Scopes.Count: 0 } } insert => [Insertion(file.Count, LineText.Lines(insert.Text))],
            InsertBlock insert =>
            [
                .. ScopeLines.Lines(file, insert.Hints.Scopes).Select(line => Insertion(line + 1, LineText.Lines(insert.Text))),
            ],
            _ => [],
        };

    private static IReadOnlyList<Match> FindLines(FileLines file, ReplaceBlock block, string path)
    {
        var found = Splits.Find(file, block, path);
        // A sign that was lost explains an uneven indent better than a guess does.
        var isSure = found.Count > 0 && !found[0].GuessesIndent;
        return !isSure && Bare(file, block) is { } bare && Splits.Find(file, bare, path) is { Count: > 0 } better ? better : found;
    }

    /// <summary>Where the file has a context line only with the blank that stood before it, the blank was the line's own and its sign was
    /// lost.</summary>
    private static ReplaceBlock? Bare(FileLines file, ReplaceBlock block)
    {
        string[] search = LineText.Lines(block.Search),
            replace = LineText.Lines(block.Replace);
        var bare = block
            .Hints.Context.Where(line =>
                line.Search < search.Length
                && !file.Has(search[line.Search], LineKey.Tail)
                && file.Has(" " + search[line.Search], LineKey.Tail)
            )
            .ToList();
        foreach (var (old, now) in bare)
        {
            (search[old], replace[now]) = (" " + search[old], " " + replace[now]);
        }
        return bare.Count == 0 ? null : block with { Search = Parsing.HunkBody.Join(search), Replace = Parsing.HunkBody.Join(replace) };
    }

    private static Match Insertion(int at, string[] lines) => new([(new Reading([], lines, LineKey.Exact), at)]);

    /// <summary>A block sent several times, word for word: each takes its place in turn if there are as many places, else only one is
    /// meant.</summary>
    private static void Repeat(List<MatchResult> located)
    {
        foreach (var same in located.GroupBy(one => BlockKey.Of("", one.Block)).Where(same => same.Count() > 1))
        {
            var all = same.ToList();
            var places = all[0].Matches;
            for (var i = 0; i < all.Count; i++)
            {
                if (places.Count == all.Count)
                {
                    all[i].Matches = [places[i]];
                }
                else if (places.Count == 1 && i > 0)
                {
                    located.Remove(all[i]);
                }
            }
        }
    }

    private static void Choose(FileLines file, List<MatchResult> located, MatchResult one)
    {
        var matches = one.Matches;
        if (one.Hints.Ordered)
        {
            var (above, below) = Neighbours(located, one);
            matches = Narrow(matches, match => match.Start >= above && match.End <= below);
        }
        if (matches.Count > 1 && one.Block is ReplaceBlock && one.Hints.Scopes.Count > 0)
        {
            var scopes = ScopeLines.Regions(file, one.Hints.Scopes);
            matches = Narrow(matches, match => scopes.Any(scope => match.Start >= scope.Start && match.End <= scope.End));
        }
        if (matches.Count > 1 && one.Hints.Line is { } line)
        {
            var near = matches.OrderBy(match => Math.Abs(match.Start + 1 - line)).ToList();
            var (first, second) = (Math.Abs(near[0].Start + 1 - line), Math.Abs(near[1].Start + 1 - line));
            matches = first <= NearestLine && first < second ? [near[0]] : matches;
        }
        one.Matches = matches;
    }

    private static (int Above, int Below) Neighbours(List<MatchResult> located, MatchResult one)
    {
        var at = located.IndexOf(one);
        var above = located.Take(at).LastOrDefault(other => other.Hints.Ordered && other.Only is not null);
        var below = located.Skip(at + 1).FirstOrDefault(other => other.Hints.Ordered && other.Only is not null);
        return (above?.Only?.End ?? 0, below?.Only?.Start ?? int.MaxValue);
    }

    private static IReadOnlyList<Match> Narrow(IReadOnlyList<Match> matches, Func<Match, bool> holds) =>
        matches.Where(holds).ToList() is { Count: > 0 } kept ? kept : matches;

    /// <summary>Where the caller promised file order, a block above its predecessor is not found.</summary>
    private static void KeepOrder(List<MatchResult> located)
    {
        var from = 0;
        foreach (var one in located.Where(one => one.Hints.Strict && one.Block is ReplaceBlock))
        {
            var below = one.Matches.Where(match => match.Start >= from).ToList();
            if (below.Count == 0 && one.Matches.Count > 0)
            {
                one.Refused = new RefusedException(
                    "not_found",
                    "The lines to change stand above those of the hunk before; send the hunks in the order of the file."
                );
            }
            one.Matches = below;
            from = one.Only?.End ?? from;
        }
    }

    private static bool AtEnd(FileLines file, Match match)
    {
        for (var i = match.End; i < file.Count; i++)
        {
            if (file[i].AsSpan().Trim().Length > 0)
            {
                return false;
            }
        }
        return true;
    }
}
