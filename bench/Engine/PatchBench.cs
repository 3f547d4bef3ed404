using System.Text;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Bench;

/// <summary>One patch from text to disk against <c>git apply</c> as a process, both from the same files to the same files; then single
/// steps against their limits.</summary>
internal static class PatchBench
{
    public static int Run(BenchFolder folder, int rounds)
    {
        folder.Run("git", "init", "-q");
        using var root = WorkspaceRoot.Open(folder.Path);
        Console.WriteLine($"{rounds} rounds; median (smallest to largest)\n{"", -44}{"patch", 12}{"git apply", 12}{"ratio", 8}");
        var good =
            Against(folder, root, rounds, "10,000 lines, 100 hunks", PatchSample.OneFile(10_000, 100), 50)
            & Against(folder, root, rounds, "200 files of 100 lines, a hunk each", PatchSample.ManyFiles(200, 100), 200);
        Console.WriteLine($"\n{"", -44}{"time", 12}{"limit", 12}");
        foreach (var (name, limit, work) in PatchSample.Steps())
        {
            good &= Step(name, limit, work, rounds);
        }
        return good ? 0 : 1;
    }

    private static bool Against(BenchFolder folder, WorkspaceRoot root, int rounds, string name, PatchSample sample, double limit)
    {
        var patch = folder.At("../the.patch");
        File.WriteAllText(patch, sample.Unified);
        var (ours, theirs, planned) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -2; round < rounds; round++)
        {
            sample.WriteBefore(folder);
            folder.Run("sync");
            PatchPlan? plan = null;
            var plans = Time(() =>
            {
                plan = PatchPlanner.Plan(PatchParser.ParsePatch(sample.Unified), FileActions.Planning(root, sample.Paths), null, new());
                plan.ToPatch("p");
            });
            var writes = Time(() => root.Apply(plan!.Writes()));
            sample.Check(folder, name);
            sample.WriteBefore(folder);
            folder.Run("sync");
            var git = Time(() => folder.Run("git", "apply", patch));
            sample.Check(folder, "git apply");
            if (round >= 0)
            {
                ours.Add(plans + writes);
                theirs.Add(git);
                planned.Add(plans);
            }
        }
        Console.WriteLine(BenchFolder.Row(name, ours, theirs));
        Console.WriteLine(
            $"{"  of it without writing", -44}{BenchFolder.Median(planned), 9:F1} ms   ({planned.Min():F1} to {planned.Max():F1})"
        );
        // A disk that others keep busy takes its time; twice the limit is more than that.
        return BenchFolder.Median(ours) <= 2 * limit;
    }

    private static bool Step(string name, double limit, Action work, int rounds)
    {
        List<double> times =
        [
            .. Enumerable.Range(-2, rounds + 2).Select(round => (round, Time(work))).Where(one => one.round >= 0).Select(one => one.Item2),
        ];
        Console.WriteLine($"{name, -44}{BenchFolder.Median(times), 9:F1} ms{limit, 9:F0} ms   ({times.Min():F1} to {times.Max():F1})");
        return BenchFolder.Median(times) <= 2 * limit;
    }

    private static double Time(Action work)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        work();
        return watch.Elapsed.TotalMilliseconds;
    }
}
