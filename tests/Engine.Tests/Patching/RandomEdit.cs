using System.Text;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Patching;

/// <summary>Old lines Start.. become New; one of several in a file, at least one kept line apart.</summary>
internal sealed record Change(int Start, IReadOnlyList<string> Old, IReadOnlyList<string> New);

/// <summary>A file and an edit of it, rendered in every format a model might use.</summary>
internal sealed record RandomEdit(IReadOnlyList<string> Lines, IReadOnlyList<string> Ends, IReadOnlyList<Change> Changes)
{
    public const string Path = "src/some file.txt";

    public static readonly Gen<RandomEdit> Any = Of(OneOf("\n", "\r\n"));

    public static readonly Gen<RandomEdit> WithLf = Of(Gen.Const("\n"));

    public string Before => string.Concat(Lines.Zip(Ends, (line, end) => line + end));

    /// <summary>The new lines, in order, and for each whether it was there before (its index) or is new (-1).</summary>
    public IReadOnlyList<(string Text, int Old)> After
    {
        get
        {
            var after = new List<(string, int)>();
            var at = 0;
            foreach (var change in Changes)
            {
                for (; at < change.Start; at++)
                {
                    after.Add((Lines[at], at));
                }
                after.AddRange(change.New.Select(line => (line, -1)));
                at += change.Old.Count;
            }
            for (; at < Lines.Count; at++)
            {
                after.Add((Lines[at], at));
            }
            return after;
        }
    }

    /// <summary>The bytes afterwards: an old line keeps its end, a new one has that of the line it replaces, else of the line
    /// above.</summary>
    public string Edited
    {
        get
        {
            var text = new StringBuilder();
            var (at, above) = (0, "");
            void Add(string line, string end) => text.Append(line).Append(above = end);
            foreach (var change in Changes)
            {
                for (; at < change.Start; at++)
                {
                    Add(Lines[at], Ends[at]);
                }
                for (var i = 0; i < change.New.Count; i++)
                {
                    Add(change.New[i], i < change.Old.Count ? Ends[at + i] : above);
                }
                at += change.Old.Count;
            }
            for (; at < Lines.Count; at++)
            {
                Add(Lines[at], Ends[at]);
            }
            return text.ToString();
        }
    }

    public static TheoryData<string> Formats =>
        [
            "whole",
            "whole tilde",
            "search",
            "search fenced",
            "search old words",
            "apply_patch",
            "apply_patch bare",
            "unified",
            "unified bare",
            "unified git",
            "tags",
            "json",
        ];

    public string Render(string format) =>
        format switch
        {
            "whole" => $"Here it is.\n\n**`{Path}`**:\n```\n{Whole}```\nDone.\n",
            "whole tilde" => $"~~~~txt path=\"{Path}\"\n{Whole}~~~~\n",
            "search" => Concat((old, now, _) => $"File: {Path}\n<<<<<<< SEARCH\n{old}=======\n{now}>>>>>>> REPLACE\n\n"),
            "search fenced" => Concat((old, now, _) => $"`{Path}`\n```\n<<<<<<< SEARCH\n{old}=======\n{now}>>>>>>> REPLACE\n```\n"),
            "search old words" => Concat(
                (old, now, i) => $"{(i == 0 ? $"### `{Path}`\n" : "")}<<<<< ORIGINAL  \n{old}=====\n{now}>>>>> UPDATED\n"
            ),
            "apply_patch" => $"```\n*** Begin Patch\n*** Update File: {Path}\n{Hunks((_, _) => "@@\n")}*** End Patch\n```\n",
            "apply_patch bare" => $"*** Update File: {Path}\n{Hunks((_, i) => i == 0 ? "" : "@@\n")}",
            "unified" => $"--- a/{Path}\t2024-01-01 00:00:00\n+++ b/{Path}\t2024-01-01 00:00:00\n{Hunks(Numbers)}",
            "unified bare" => $"`{Path}`\n```diff\n{Hunks((_, _) => "@@ -1,1 +1,1 @@\n")}```\n",
            "unified git" =>
                $"diff --git \"a/{Path}\" \"b/{Path}\"\nindex 1..2 100644\n--- \"a/{Path}\"\n+++ \"b/{Path}\"\n{Hunks(Numbers)}",
            "tags" => $"<file path=\"{Path}\">\n{Whole}</file>\n",
            "json" => $"<tool_call>\n{{\"name\": \"write_file\", \"arguments\": {{\"path\": \"{Path}\", \"content\": "
                + $"\"{Whole.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\t", "\\t")}\"}}}}\n</tool_call>\n",
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };

    private string Whole => string.Concat(After.Select(line => line.Text + "\n"));

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<RandomEdit> Of(Gen<string> ends) =>
        from count in Gen.Int[3, 40]
        from words in OneOf(
            "alpha",
            "  beta",
            "\tgamma",
            "delta  ",
            "",
            "{",
            "}",
            "\"quoted\" \\",
            "ünïcode",
            "- item",
            "+ plus",
            "# head"
        ).Array[count]
        from lineEnds in ends.Array[count]
        from kinds in Gen.Int[0, 11].Array[count]
        from last in Gen.Bool
        select Build(words, lineEnds, kinds, last);

    private static RandomEdit Build(string[] words, string[] ends, int[] kinds, bool newlineAtEnd)
    {
        // A number makes each line unique; blank lines stay blank.
        string[] lines = [.. words.Select((word, i) => word.Length == 0 && i > 0 && i < words.Length - 1 ? "" : $"{word} {i}")];
        ends[^1] = newlineAtEnd ? ends[^1] : "";
        var changes = new List<Change>();
        for (var i = 1; i < lines.Length - 1; i++)
        {
            if (kinds[i] > 3 || (changes.Count > 0 && changes[^1].Start + changes[^1].Old.Count + 1 > i))
            {
                continue;
            }
            // Next to a blank line, which one was removed or added would be a matter of taste.
            if (lines[i - 1].Length == 0 || lines[i].Length == 0 || lines[i + 1].Length == 0)
            {
                continue;
            }
            changes.Add(
                kinds[i] switch
                {
                    0 => new Change(i, [lines[i]], []),
                    1 => new Change(i, [lines[i]], [$"changed {i}"]),
                    2 => new Change(i, [lines[i]], [$"    changed {i}", $"\tand more {i}"]),
                    _ => new Change(i, [], [$"inserted {i}"]),
                }
            );
        }
        return new RandomEdit(lines, ends, changes);
    }

    private string Concat(Func<string, string, int, string> block) =>
        string.Concat(
            Changes.Select(
                (change, i) =>
                    block(Text([Above(change), .. change.Old, .. Below(change)]), Text([Above(change), .. change.New, .. Below(change)]), i)
            )
        );

    private string Hunks(Func<Change, int, string> header) =>
        string.Concat(
            Changes.Select(
                (change, i) =>
                    header(change, i)
                    + " "
                    + Above(change)
                    + "\n"
                    + Text(change.Old.Select(line => "-" + line))
                    + Text(change.New.Select(line => "+" + line))
                    + Text(Below(change).Select(line => " " + line))
            )
        );

    private string Numbers(Change change, int i) =>
        $"@@ -{change.Start},{change.Old.Count + 1 + Below(change).Count} "
        + $"+{change.Start},{change.New.Count + 1 + Below(change).Count} @@\n";

    private string Above(Change change) => Lines[change.Start - 1];

    /// <summary>Without lines another change touches.</summary>
    private IReadOnlyList<string> Below(Change change)
    {
        var next = change.Start + change.Old.Count;
        return next < Lines.Count && Changes.All(other => other == change || other.Start > next || other.Start + other.Old.Count <= next)
            ? [Lines[next]]
            : [];
    }

    private static string Text(IEnumerable<string> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.Append(line).Append('\n');
        }
        return text.ToString();
    }
}
