using CodexSidecar.Contracts;
using CodexSidecar.Engine.Revisions;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Revisions;

/// <summary>What <c>runs undo</c> does when the user has gone on with a file since the run.</summary>
public sealed class UndoSpecs : IAsyncDisposable
{
    private const string Tail = "\n// one\n// two\n// three\n";

    private readonly RunBench bench = new([.. Says.Begin, Says.Patch("double.js", RunBench.Solved + Tail)]);

    public async ValueTask DisposeAsync() => await bench.DisposeAsync();

    [Fact]
    public async Task Changes_of_other_lines_stay_and_it_is_said()
    {
        var (runs, run) = await RunAsync();
        bench.Workspace.With("double.js", $"{RunBench.Solved}{Tail}// mine\n");

        var tried = runs.Undo(run, dryRun: true);
        Assert.Equal($"{RunBench.Solved}{Tail}// mine\n", bench.Workspace.Read("double.js"));
        var done = runs.Undo(run);

        Assert.Equal($"{RunBench.Broken}{Tail}// mine\n", bench.Workspace.Read("double.js"));
        Assert.Equivalent(tried.Previews, done.Previews);
        Assert.Equal(("double.js", "double.js", 0), (Assert.Single(done.Restored), Assert.Single(done.Merged), done.Conflicts.Count));
        Assert.Equal("1 file put back. Your own changes since then stay: double.js.", done.Message);
        Assert.Equal(RunStatus.Undone, runs.Find(run.RunId)!.State);
    }

    [Fact]
    public async Task Changes_of_the_same_lines_stop_it_and_all_three_texts_are_shown()
    {
        var (runs, run) = await RunAsync();
        bench.Workspace.With("double.js", $"// first\n\nexport const double = (n) => 2 * n;\n{Tail}");

        var refused = runs.Undo(run);

        Assert.Equal($"// first\n\nexport const double = (n) => 2 * n;\n{Tail}", bench.Workspace.Read("double.js"));
        Assert.Equal(("double.js", 0), (Assert.Single(refused.Conflicts), refused.Restored.Count));
        var preview = Assert.Single(refused.Previews);
        Assert.Equal(
            [new UndoPlace(1, RunBench.Solved, "// first\n\nexport const double = (n) => 2 * n;\n", RunBench.Broken)],
            preview.Places
        );
        Assert.Contains($"\n-export const double = (n) => 2 * n;\n+{RunBench.Broken}", preview.Diff);
        Assert.Equal(RunStatus.Finished, runs.Find(run.RunId)!.State);
    }

    [Fact]
    public async Task What_an_undo_that_was_killed_has_merged_already_stays()
    {
        var (runs, run) = await RunAsync();
        bench.Workspace.With("double.js", $"{RunBench.Broken}{Tail}// mine\n");

        var done = runs.Undo(run);

        Assert.Empty(done.Conflicts);
        Assert.Equal($"{RunBench.Broken}{Tail}// mine\n", bench.Workspace.Read("double.js"));
    }

    [Theory]
    [InlineData("double.js", null, "removed this file")]
    [InlineData("double.js", "\0\u0001", "no text")]
    public async Task What_cannot_be_merged_is_said(string path, string? text, string expected)
    {
        var (runs, run) = await RunAsync();
        File.Delete(bench.Workspace[path]);
        if (text is not null)
        {
            bench.Workspace.With(path, text);
        }

        var refused = runs.Undo(run);

        Assert.Equal([path], refused.Conflicts);
        Assert.Contains(expected, Assert.Single(refused.Previews).Why);
    }

    private async Task<(RunStore Runs, RunSummary Run)> RunAsync()
    {
        bench.Workspace.With("double.js", RunBench.Broken + Tail);
        var outcome = await bench.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(RunBench.Solved + Tail, bench.Workspace.Read("double.js"));
        var runs = new RunStore(bench.Home, TimeProvider.System);
        return (runs, runs.Find(outcome.RunId)!);
    }
}
