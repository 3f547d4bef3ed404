using System.Diagnostics;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;
using CodexSidecar.Testing;
using CodexSidecar.Testing.Edits;

namespace CodexSidecar.Bench;

/// <summary>
/// A million damaged replies of the corpus: nothing is thrown, every plan holds what plans hold, and one of a thousand goes to disk, where
/// a refused one must leave every byte.
/// Then replies of growing size, and 4 MiB of every marker.
/// </summary>
internal sealed class PatchFuzz(IReadOnlyList<EditCase> cases)
{
    private const int OnDisk = 1_000;

    private int planned,
        refused,
        written,
        untouched;
    private double slowest;
    private readonly Lock gate = new();

    public static int Run(string corpus, int replies)
    {
        var fuzz = new PatchFuzz(EditCase.All(corpus));
        var watch = Stopwatch.StartNew();
        var good = fuzz.Mutations(replies);
        Console.WriteLine(
            $"{fuzz.planned} replies, {fuzz.refused} of them with a refusal, in {watch.Elapsed.TotalSeconds:F0} s; the slowest "
                + $"took {fuzz.slowest:F1} ms; {fuzz.written} written to disk and undone, {fuzz.untouched} refused there, "
                + "every byte as it was"
        );
        return good & fuzz.Sizes() & fuzz.Hostile() ? 0 : 1;
    }

    private bool Mutations(int replies)
    {
        var workers = Enumerable
            .Range(0, Environment.ProcessorCount)
            .Select(worker =>
                Task.Run(() =>
                {
                    var mutation = new EditMutation(cases, seed: worker + 1);
                    for (var i = 0; i < replies / Environment.ProcessorCount; i++)
                    {
                        if (!Try(mutation.Next(), toDisk: i % OnDisk == 0))
                        {
                            return false;
                        }
                    }
                    return true;
                })
            )
            .ToArray();
        Task.WaitAll(workers);
        return workers.All(worker => worker.Result);
    }

    private bool Try((EditCase Case, EditReply Reply) one, bool toDisk)
    {
        try
        {
            var watch = Stopwatch.StartNew();
            var plan = EditCheck.Holds(one.Case, one.Reply);
            var took = watch.Elapsed.TotalMilliseconds;
            if (toDisk)
            {
                ToDisk(one.Case, one.Reply).GetAwaiter().GetResult();
            }
            lock (gate)
            {
                (planned, refused, slowest) = (planned + 1, refused + (plan.Refusals.Count > 0 ? 1 : 0), Math.Max(slowest, took));
            }
            return true;
        }
        catch (Exception fault)
        {
            Console.WriteLine($"{fault}\n{EditCheck.Show(one.Case, one.Reply)}");
            return false;
        }
    }

    /// <summary>As a person would: refused, every byte is as it was; written, it is undone and every byte is as it was.</summary>
    private async Task ToDisk(EditCase one, EditReply reply)
    {
        using var folder = new TemporaryFolder();
        using var state = new TemporaryFolder();
        foreach (var (path, bytes) in one.Before)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[path])!);
            File.WriteAllBytes(folder[path], bytes);
        }
        var before = folder.Fingerprint();
        var home = SidecarHome.FromEnvironment(name => name == "CODEX_SIDECAR_HOME" ? state.Path : null);
        var answer = await new PatchEntrance(home, TimeProvider.System).ApplyAsync(
            new RunSettings { Workspace = folder.Path, Level = Level.ExtendedShell },
            Caller.CommandLine,
            System.Text.Encoding.UTF8.GetBytes(reply.Text),
            dryRun: false,
            (_, _) => Task.FromResult(new Answer(true, AnsweredBy.User)),
            default
        );
        if (answer.Undo is { } run)
        {
            var store = new RunStore(home, TimeProvider.System);
            store.Undo(store.List().Single(made => made.RunId == run));
        }
        if (folder.Fingerprint() != before)
        {
            throw new InvalidOperationException($"{answer.End}: the folder is not as it was");
        }
        lock (gate)
        {
            (written, untouched) = (written + (answer.Undo is null ? 0 : 1), untouched + (answer.Undo is null ? 1 : 0));
        }
    }

    /// <summary>The time for a MiB stays what it is, whatever the size.</summary>
    private bool Sizes()
    {
        var mutation = new EditMutation(cases, seed: 7);
        var texts = Enumerable.Range(0, 40_000).Select(_ => mutation.Next().Reply.Text).TakeWhile((_, i) => i < 40_000).ToList();
        List<double> perMiB = [];
        foreach (var size in new[] { 1 << 16, 1 << 18, 1 << 20, 1 << 22 })
        {
            var text = string.Concat(texts);
            text = text[..Math.Min(text.Length, size - 1)];
            while (System.Text.Encoding.UTF8.GetByteCount(text) > 4 << 20)
            {
                text = text[..(text.Length * 9 / 10)];
            }
            var time = Enumerable.Range(0, 5).Select(_ => Time(() => PatchParser.ParseReply(text, true))).Order().First();
            perMiB.Add(time / text.Length * (1 << 20));
            Console.WriteLine($"a reply of {text.Length / 1024, 5} Ki characters is read in {time, 7:F1} ms, {perMiB[^1]:F1} ms a Mi");
        }
        return perMiB[^1] <= 4 * perMiB.Min();
    }

    private bool Hostile()
    {
        var times = EditMutation
            .Markers.Select(marker => (marker, Time: Time(() => EditCheck.Holds(cases[0], new(Repeated(marker), true, false, false)))))
            .OrderByDescending(one => one.Time)
            .ToList();
        Console.WriteLine(
            $"4 MiB of one marker, {times.Count} of them: the slowest "
                + $"are {string.Join(", ", times.Take(4).Select(one => $"{one.marker.Trim()} {one.Time:F0} ms"))}"
        );
        return times[0].Time < 4_000;
    }

    private static string Repeated(string marker) =>
        string.Concat(Enumerable.Repeat(marker + "\n", (4 << 20) / (System.Text.Encoding.UTF8.GetByteCount(marker) + 1)));

    private static double Time(Action work)
    {
        var watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed.TotalMilliseconds;
    }
}
