using System.Text;
using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Bench;

/// <summary>Files before and after, and the unified diff between them.</summary>
internal sealed class PatchSample(SortedDictionary<string, string> before, SortedDictionary<string, string> after, string unified)
{
    public string Unified => unified;

    public IReadOnlyList<string> Paths => [.. before.Keys];

    public static PatchSample OneFile(int lines, int hunks) => Of([("big.cs", lines, hunks)]);

    public static PatchSample ManyFiles(int files, int lines) =>
        Of(Enumerable.Range(0, files).Select(i => ($"src/part{i % 10}/file{i}.cs", lines, 1)));

    /// <summary>Steps of the way and what each may take, in milliseconds (docs/performance.md).</summary>
    public static IEnumerable<(string Name, double Limit, Action Work)> Steps()
    {
        var big = OneFile(10_000, 100);
        var old = big.Text("big.cs");
        var workspace = new PatchBase(["big.cs"], _ => Encoding.UTF8.GetBytes(old));
        PatchPlan Plan(string reply) => PatchPlanner.Plan(PatchParser.ParseReply(reply, true), workspace, null, new());
        string Blocks(int count, Func<string, string> noise) =>
            string.Concat(
                Enumerable
                    .Range(0, count)
                    .Select(i =>
                        $"big.cs\n<<<<<<< SEARCH\n{noise(Line(i * 97))}\n{noise(Line((i * 97) + 1))}\n"
                        + $"=======\n{noise(Line(i * 97))}\nchanged {i};\n>>>>>>> REPLACE\n"
                    )
            );
        var prose = string.Concat(Enumerable.Repeat("Some words about the change, and `code` in it.\n", 22_000));
        var blocks = Blocks(6_000, line => line);
        var (exact, glyphs) = (Blocks(100, line => line), Blocks(100, line => line.Replace("- 1", "\u2013 1", StringComparison.Ordinal)));
        var lost =
            "big.cs\n<<<<<<< SEARCH\n"
            + string.Concat(Enumerable.Range(500, 20).Select(i => Line(i).Replace("value", "valve", StringComparison.Ordinal) + "\n"))
            + "=======\nx\n>>>>>>> REPLACE\n";
        var plan = Plan(big.Unified);
        var half = plan.ToPatch("p").Files[0].Hunks.Where((_, i) => i % 2 == 0).Select(hunk => hunk.HunkId).ToHashSet();
        yield return ("read 1 MiB of prose", 50, () => PatchParser.ParseReply(prose, true));
        yield return ("read 1 MiB of blocks", 50, () => PatchParser.ParseReply(blocks, true));
        yield return ("plan 100 blocks on 10,000 lines, exact", 60, () => Plan(exact));
        yield return ("plan 100 blocks, typographic signs", 300, () => Plan(glyphs));
        yield return ("plan a block that is nowhere, with feedback", 250, () => PatchFeedback.Write(Plan(lost), workspace, 4_000));
        yield return ("100 hunks of 10,000 lines, with their ids", 30, () => Plan(big.Unified).ToPatch("p"));
        var many = ManyFiles(200, 100);
        var manyBase = new PatchBase(many.Paths, path => Encoding.UTF8.GetBytes(many.Text(path)));
        yield return ("plan 200 files of 100 lines", 100, () =>
            PatchPlanner.Plan(PatchParser.ParsePatch(many.Unified), manyBase, null, new()).ToPatch("p")
        );
        yield return ("select 50 of 100 hunks", 5, () => plan.Select(half));
    }

    public string Text(string path) => before[path];

    public void WriteBefore(BenchFolder folder)
    {
        foreach (var (path, text) in before)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.At(path))!);
            File.WriteAllText(folder.At(path), text);
        }
    }

    public void Check(BenchFolder folder, string who)
    {
        if (after.FirstOrDefault(file => File.ReadAllText(folder.At(file.Key)) != file.Value).Key is { } wrong)
        {
            throw new InvalidOperationException($"{who} leaves {wrong} in another state.");
        }
    }

    private static PatchSample Of(IEnumerable<(string Path, int Lines, int Hunks)> files)
    {
        var (before, after, unified) = (
            new SortedDictionary<string, string>(StringComparer.Ordinal),
            new SortedDictionary<string, string>(StringComparer.Ordinal),
            new StringBuilder()
        );
        foreach (var (path, lines, hunks) in files)
        {
            var old = Enumerable.Range(0, lines).Select(Line).ToArray();
            var now = old.ToArray();
            unified.Append($"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n");
            for (var hunk = 0; hunk < hunks; hunk++)
            {
                var at = (lines / hunks * hunk) + (lines / hunks / 2);
                now[at] = $"changed {hunk};";
                unified.Append($"@@ -{at - 2},7 +{at - 2},7 @@\n");
                for (var i = at - 3; i <= at + 3; i++)
                {
                    unified.Append(i == at ? $"-{old[i]}\n+{now[i]}\n" : $" {old[i]}\n");
                }
            }
            (before[path], after[path]) = (string.Concat(old.Select(line => line + "\n")), string.Concat(now.Select(line => line + "\n")));
        }
        return new(before, after, unified.ToString());
    }

    private static string Line(int number) =>
        $"{new string(' ', number % 4 * 4)}var value{number} = Compute({number % 50}, index - 1, buffer);";
}
