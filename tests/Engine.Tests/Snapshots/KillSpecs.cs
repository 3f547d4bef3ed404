using System.Diagnostics;
using CodexSidecar.Engine.Revisions;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Tests.Workspace;
using CodexSidecar.Engine.Workspace;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Snapshots;

/// <summary>A real process that snapshots, patches, lets a command write and rolls back is killed with SIGKILL; <c>runs undo</c> puts every
/// byte back.</summary>
public sealed class KillSpecs
{
    private const int MostLines = 140;

    private static readonly int Kills = Property.Times(20, 1_000);

    private static readonly string Victim = Path.Join(
        AppContext.BaseDirectory,
        "CodexSidecar.Victim" + (OperatingSystem.IsWindows() ? ".exe" : "")
    );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whenever_a_run_is_killed_its_undo_puts_every_byte_back()
    {
        var ended = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(1, Kills),
            new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Token },
            async (seed, _) =>
            {
                var random = new Random(seed);
                var lines = random.Next(MostLines);
                using var tree = new TreeFolder();
                Array.ForEach(TreeEdit.Of(random), edit => edit.Do(tree));
                tree.Write("c", "always there");
                var before = tree.State();

                var last = await KillAsync(tree, seed, lines);
                Recover(tree, $"seed {seed}, killed after line {lines}: {last}", before);

                Interlocked.Add(ref ended, last == "rolled back" ? 1 : 0);
            }
        );
        // Kills that come too late prove nothing.
        Assert.True(ended < Kills / 5, $"{ended} of {Kills} had ended before");
    }

    private static async Task<string> KillAsync(TreeFolder tree, int seed, int lines)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Victim, [tree.Path, tree.Store, "r1", $"{seed}"]) { RedirectStandardOutput = true }
        )!;
        var last = "";
        for (var line = 0; line < lines && await process.StandardOutput.ReadLineAsync(Token) is { } step; line++)
        {
            last = step;
        }
        // With its command, as the sandbox does it: one without a sandbox would go on writing.
        process.Kill(entireProcessTree: true);
        // Ends when nobody holds it any more: a child that was just being made has the run's lock, too, for a moment.
        await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return last;
    }

    private static void Recover(TreeFolder tree, string what, string before)
    {
        var runs = new RunStore(new(tree.Store, tree.Store, tree.Store), TimeProvider.System);
        if (runs.Find("r1") is { } run)
        {
            var undone = runs.Undo(run);
            Assert.True(undone.Conflicts.Count == 0, $"{what}: {undone.Message}");
        }
        Assert.True(before == tree.State(), $"{what}\n--- before\n{before}\n--- now\n{tree.State()}");
        // And the store is in order: whatever the kill left behind, the next snapshot holds all there is.
        using var root = WorkspaceRoot.Open(tree.Path);
        var store = new SnapshotStore(Path.Join(tree.Store, "snapshots"), TimeProvider.System);
        store.Clean(0);
        Assert.Empty(store.TakeAsync(root, Token).GetAwaiter().GetResult().Compare(Token));
    }
}
