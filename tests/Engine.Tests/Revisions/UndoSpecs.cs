using CodexSidecar.Contracts;
using CodexSidecar.Engine.Revisions;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Revisions;

/// <summary>What <c>runs undo</c> does when the user has gone on with a file since the run.</summary>
public sealed class UndoSpecs : IAsyncDisposable
{
    private const string Tail = "\n// one\n// two\n// three\n";
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

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
    public async Task Lines_in_an_encoding_of_the_project_are_merged_and_shown_in_it()
    {
        var cyrillic = System.Text.CodePagesEncodingProvider.Instance.GetEncoding(1251)!;
        bench.Workspace.With(".editorconfig", "[*.js]\ncharset = windows-1251\n");
        var (runs, run) = await RunAsync();
        File.WriteAllBytes(bench.Workspace["double.js"], cyrillic.GetBytes($"{RunBench.Solved}\n// моё{Tail}"));

        var done = runs.Undo(run);

        Assert.Contains("\n // моё\n", Assert.Single(done.Previews).Diff);
        Assert.Equal($"{RunBench.Broken}\n// моё{Tail}", cyrillic.GetString(File.ReadAllBytes(bench.Workspace["double.js"])));
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

    [Fact]
    public async Task A_run_that_wrote_through_a_link_merges_with_what_the_user_wrote_behind_it()
    {
        bench.Workspace.With("parts/double.js", "");
        File.Delete(bench.Workspace["double.js"]);
        File.CreateSymbolicLink(bench.Workspace["double.js"], "parts/double.js");
        var (runs, run) = await RunAsync();
        bench.Workspace.With("parts/double.js", $"{RunBench.Solved}{Tail}// mine\n");

        var done = runs.Undo(run);

        Assert.Equal($"{RunBench.Broken}{Tail}// mine\n", bench.Workspace.Read("parts/double.js"));
        Assert.Equal("1 file put back. Your own changes since then stay: parts/double.js.", done.Message);
        Assert.Equal("parts/double.js", new FileInfo(bench.Workspace["double.js"]).LinkTarget);
    }

    [Fact]
    public async Task A_link_that_a_run_deleted_is_a_link_again()
    {
        const string Edits =
            "*** Begin Patch\n*** Delete File: alias.js\n*** Update File: double.js\n@@\n"
            + "-export const double = (n) => n + n + 1;\n+export const double = (n) => n + n;\n*** End Patch\n";
        await using var other = new RunBench([
            Says.Files("double.js"),
            Says.Plan("double.js", "alias.js"),
            Says.Rule("Carry out the plan", Edits),
        ]);
        File.CreateSymbolicLink(other.Workspace["alias.js"], "double.test.js");
        var before = other.Workspace.Fingerprint();
        other.OnEvent = (session, happened) =>
        {
            if (happened is PermissionAsked asked)
            {
                session.Answer(asked.AskId, new(true, AnsweredBy.User));
            }
        };
        var outcome = await other.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((StopReason.Done, false), (outcome.Stop, Path.Exists(other.Workspace["alias.js"])));
        var runs = new RunStore(other.Home, TimeProvider.System);

        var done = runs.Undo(runs.Find(outcome.RunId)!);

        Assert.Equal("2 files are as before the run.", done.Message);
        Assert.Equal(before, other.Workspace.Fingerprint());
    }

    [Theory]
    [InlineData("", "1 file put back. The mode you gave since then stays: double.js.")]
    [InlineData(
        "// mine\n",
        "1 file put back. Your own changes since then stay: double.js. The mode you gave since then stays: double.js."
    )]
    public async Task A_mode_that_the_user_gave_since_stays(string more, string said)
    {
        var (runs, run) = await RunAsync();
        bench.Workspace.With("double.js", RunBench.Solved + Tail + more);
        FileModes.Set(bench.Workspace["double.js"], Mine);

        var done = runs.Undo(run);

        Assert.Equal(
            (RunBench.Broken + Tail + more, Mine),
            (bench.Workspace.Read("double.js"), FileModes.Get(bench.Workspace["double.js"]))
        );
        Assert.Equal((said, "double.js"), (done.Message, Assert.Single(done.KeptModes)));
    }

    [Fact]
    public async Task What_the_user_has_put_back_himself_needs_no_undo()
    {
        var (runs, run) = await RunAsync();
        bench.Workspace.With("double.js", RunBench.Broken + Tail);

        Assert.Equal("Everything is as before the run already.", runs.Undo(run, dryRun: true).Message);
        Assert.Equal("Everything is as before the run already.", runs.Undo(run).Message);
        Assert.Equal(RunStatus.Undone, runs.Find(run.RunId)!.State);
    }

    [Fact]
    public async Task A_link_in_the_place_of_the_file_is_not_looked_through()
    {
        var (runs, run) = await RunAsync();
        bench.Workspace.With("other.js", $"{RunBench.Solved}{Tail}// mine\n");
        File.Delete(bench.Workspace["double.js"]);
        File.CreateSymbolicLink(bench.Workspace["double.js"], "other.js");

        var refused = runs.Undo(run);

        Assert.Equal(["double.js"], refused.Conflicts);
        Assert.Equal("You have removed this file since, or made something else of it.", Assert.Single(refused.Previews).Why);
        Assert.Equal($"{RunBench.Solved}{Tail}// mine\n", bench.Workspace.Read("other.js"));
    }

    /// <summary>As versions wrote it that noted a linked file by the link's name, and so in the end not at all.</summary>
    [Fact]
    public async Task A_run_whose_record_knows_no_change_is_undone_by_what_it_told()
    {
        var (runs, run) = await RunAsync();
        var folder = new RunFolder(run.Folder);
        folder.Write(folder.Read()! with { Changes = [] });

        var done = runs.Undo(run);

        Assert.Equal("1 file is as before the run.", done.Message);
        Assert.Equal(RunBench.Broken + Tail, bench.Workspace.Read("double.js"));
    }

    [Fact]
    public async Task A_folder_that_nobody_may_write_to_is_told_as_what_it_is()
    {
        Needs.OrdinaryUser();
        var (runs, run) = await RunAsync();
        FileModes.Set(bench.Workspace.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            var refused = runs.Undo(run);

            Assert.True(refused.IsRefused);
            Assert.StartsWith("Nothing was put back. ", refused.Message);
            Assert.Equal(RunStatus.Finished, runs.Find(run.RunId)!.State);
        }
        finally
        {
            FileModes.Set(bench.Workspace.Path, Mine);
        }
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
