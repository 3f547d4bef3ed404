using System.Globalization;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Patching;

/// <summary>What single hunks of a patch make of a text, in one place for the engine and for the faces that show it. Pure.</summary>
public static class HunkText
{
    /// <summary>The text of a file when some hunks of the patch are left out.</summary>
    /// <param name="leftOut">Ids of hunks.</param>
    public static string Without(PatchText text, IReadOnlyList<Hunk> hunks, IReadOnlySet<string> leftOut) =>
        text.OldText is null || text.NewText is null || hunks.All(hunk => !leftOut.Contains(hunk.HunkId))
            ? text.NewText ?? ""
            : LineText.Join(
                With(
                    LineText.Split(text.OldText),
                    LineText.Split(text.NewText),
                    hunks.Where(hunk => !leftOut.Contains(hunk.HunkId)).Select(RunOf)
                )
            );

    /// <summary>
    /// The lines of one hunk in the file's unified text, with their signs; one hunk of that text may hold several of ours.
    /// </summary>
    public static IEnumerable<string> Drawn(PatchFile file, Hunk hunk)
    {
        var (oldLine, newLine) = (0, 0);
        foreach (var line in file.Unified.Split('\n'))
        {
            if (line.StartsWith("@@", StringComparison.Ordinal))
            {
                (oldLine, newLine) = Starts(line);
                continue;
            }
            var removed = line is ['-', ..] && oldLine >= hunk.OldStart && oldLine < hunk.OldStart + hunk.OldLines;
            var added = line is ['+', ..] && newLine >= hunk.NewStart && newLine < hunk.NewStart + hunk.NewLines;
            if (removed || added)
            {
                yield return line;
            }
            oldLine += line is ['-' or ' ', ..] ? 1 : 0;
            newLine += line is ['+' or ' ', ..] ? 1 : 0;
        }
    }

    /// <summary>The old lines with these runs carried out.</summary>
    /// <param name="taken">In their order.</param>
    internal static IReadOnlyList<TextLine> With(IReadOnlyList<TextLine> old, IReadOnlyList<TextLine> now, IEnumerable<LineRun> taken)
    {
        var lines = new List<TextLine>();
        var at = 0;
        foreach (var run in taken)
        {
            Add(old, at, run.Start);
            Add(now, run.NewStart, run.NewStart + run.NewCount);
            at = run.End;
        }
        Add(old, at, old.Count);
        return lines;

        void Add(IReadOnlyList<TextLine> from, int start, int end)
        {
            for (var index = start; index < end; index++)
            {
                lines.Add(from[index]);
            }
        }
    }

    /// <summary>An empty side names the line before it, as in a unified diff.</summary>
    private static LineRun RunOf(Hunk hunk) =>
        new(
            hunk.OldLines == 0 ? hunk.OldStart : hunk.OldStart - 1,
            hunk.OldLines,
            hunk.NewLines == 0 ? hunk.NewStart : hunk.NewStart - 1,
            hunk.NewLines
        );

    /// <summary>The first line numbers of <c>@@ -7,2 +7,3 @@ header</c>.</summary>
    private static (int Old, int New) Starts(string header)
    {
        var words = header.Split(' ');
        return words.Length < 3 ? (0, 0) : (Number(words[1]), Number(words[2]));

        static int Number(string word) =>
            int.TryParse(word.Split(',')[0].TrimStart('-', '+'), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : 0;
    }
}
