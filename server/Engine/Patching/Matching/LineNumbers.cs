using System.Globalization;

namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>
/// Line numbers copied along from a listing: <c>12 | code</c>, <c>12: code</c>, <c>L12: code</c>, a number and a tab. Every filled line of
/// SEARCH has one and they rise; REPLACE loses those it has, so that none is written into the file.
/// </summary>
internal static class LineNumbers
{
    private const int FewLetters = 10;

    // These stand in code only in a listing; a colon or a dot behind a number may be the code's own.
    private static readonly string[] Strong = [" | ", "| ", " |", "|", " │ ", "│ ", " │", "│", " → ", "→ ", "→"];

    private static readonly string[] Weak = [": ", ". ", "\t", ":"];

    /// <summary>The block without its numbers, once for each kind of bar that fits.</summary>
    public static IEnumerable<Reading> Remove(IReadOnlyList<string> search, IReadOnlyList<string> replace)
    {
        foreach (var bar in Strong.Concat(Weak))
        {
            if (Read(search, bar) is not { } listed)
            {
                continue;
            }
            string[] plain = [.. listed.Select(line => line.Text)];
            int[] numbers = [.. listed.Select(line => line.Number).OfType<int>()];
            var (lines, problem) = Replaced(replace, bar, numbers);
            // A lone short line may really begin with a number and a colon: then the number has to be right.
            var isDoubtful = Weak.Contains(bar) && numbers.Length == 1 && !Readings.Enough(plain, FewLetters);
            yield return new Reading(plain, lines) { Line = isDoubtful ? numbers[0] : null, Problem = problem };
        }
    }

    /// <summary>Null: not every filled line has a number, or they do not rise.</summary>
    private static (int? Number, string Text)[]? Read(IReadOnlyList<string> lines, string bar)
    {
        var read = new (int? Number, string Text)[lines.Count];
        var last = -1;
        for (var i = 0; i < read.Length; i++)
        {
            if (lines[i].AsSpan().Trim().Length == 0)
            {
                read[i] = (null, lines[i]);
            }
            else if (Take(lines[i], bar) is { } taken && taken.Number > last)
            {
                (read[i], last) = (taken, taken.Number);
            }
            else
            {
                return null;
            }
        }
        return last < 0 ? null : read;
    }

    /// <summary>REPLACE without its numbers, where it has some. They need not rise, and lines that are new may have none.</summary>
    private static (string[] Lines, string? Problem) Replaced(IReadOnlyList<string> replace, string bar, int[] listed)
    {
        (int Number, string Text)?[] taken = [.. replace.Select(line => Take(line, bar))];
        string[] lines = [.. replace.Select((line, i) => taken[i]?.Text ?? line)];
        int[] numbers = [.. taken.OfType<(int Number, string Text)>().Select(line => line.Number)];
        var isListed = Weak.Contains(bar)
            // With such a bar only a whole listing is one, which begins among the same lines.
            ? numbers.Length == replace.Count(line => line.AsSpan().Trim().Length > 0)
                && listed.Contains(numbers.FirstOrDefault())
                && numbers.Zip(numbers.Skip(1)).All(pair => pair.First <= pair.Second)
            : !replace.Where((line, i) => taken[i] is null && line.AsSpan().TrimStart().StartsWith(bar.Trim())).Any();
        return numbers.Length == 0 ? ([.. replace], null)
            : isListed ? (lines, null)
            : (lines, "Some lines of REPLACE begin with the numbers of a listing. Send the block again without line numbers.");
    }

    private static (int Number, string Text)? Take(string line, string bar)
    {
        var text = line.AsSpan().TrimStart();
        text = text is ['L', ..] ? text[1..] : text;
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        digits = digits < 0 ? text.Length : digits;
        if (digits == 0 || !int.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }
        // An empty line of the listing has lost the blanks of its bar.
        var rest = text[digits..];
        return rest.StartsWith(bar) ? (number, rest[bar.Length..].ToString())
            : rest.SequenceEqual(bar.AsSpan().TrimEnd()) ? (number, "")
            : null;
    }
}
