using CodexSidecar.Contracts;
using CodexSidecar.Engine.Revisions;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Runs;

/// <summary>A run works in a shadow: the workspace is written once, by a patch that has been tested, and holds nothing else of the
/// run.</summary>
public sealed class ShadowRunSpecs
{
    private const string Never = "export const double = (n) => 7;\n";

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    /// <summary>What happens in the project's test, beside testing.</summary>
    private static RunBench Bench(string script, string patch = RunBench.Solved)
    {
        Needs.Overlay();
        var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", patch), Says.Rule("", "I do not know.")]);
        bench
            .Workspace.With("package.json", """{ "type": "module", "scripts": { "test": "sh run.sh" } }""")
            .With("run.sh", $"{script}\nexec node --test\n")
            .With(".git/HEAD", "ref: refs/heads/main\n")
            .With(".git/refs/heads/main", "0123456789012345678901234567890123456789\n")
            .With(".gitignore", "out/\n")
            .With("notes.txt", "mine\n");
        return bench;
    }

    [Theory]
    [InlineData("rm -rf .git")]
    [InlineData("echo x > .git/HEAD; mkdir .git/hooks; echo 'echo x' > .git/hooks/pre-commit")]
    [InlineData("mkdir -p out; echo x > out/a.o")]
    [InlineData("chmod -R a+rwx .")]
    [InlineData("rm -f notes.txt; rm -f double.test.js.bak")]
    public async Task What_tests_do_in_a_run_that_is_not_solved_never_comes_to_the_workspace(string script)
    {
        await using var bench = Bench(script, Never);
        var before = bench.Workspace.Fingerprint();

        var outcome = await bench.RunAsync(Patience);

        Assert.NotEqual(StopReason.Done, outcome.Stop);
        Assert.Equal(before, bench.Workspace.Fingerprint());
        Assert.Empty(bench.Events.OfType<PatchApplied>());
        Assert.Empty(bench.Events.OfType<SnapshotTaken>());
    }

    [Fact]
    public async Task The_patch_is_applied_when_it_has_been_tested_and_not_before()
    {
        await using var bench = Bench("true");
        var seen = new List<string>();
        bench.OnEvent = (_, happened) =>
        {
            if (happened is TestsStarted or TestsFinished)
            {
                seen.Add(bench.Workspace.Read("double.js"));
            }
        };

        var outcome = await bench.RunAsync(Patience);

        Assert.Equal(StopReason.Done, outcome.Stop);
        Assert.Equal([RunBench.Broken, RunBench.Broken, RunBench.Broken, RunBench.Broken], seen);
        Assert.Equal(RunBench.Solved, bench.Workspace.Read("double.js"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(bench.Home.Shadows));
    }

    /// <summary>Files that are not ignored are part of the change, and told; what makes something run is asked about; the rest is thrown
    /// away.</summary>
    [Fact]
    public async Task What_commands_made_comes_with_a_solved_run_and_what_they_protected_does_not()
    {
        await using var bench = Bench(
            "rm -rf .git; mkdir -p out .vscode; echo o > out/a.o; echo made > made.txt; echo '{}' > .vscode/tasks.json; mkfifo pipe"
        );
        var history = bench.Workspace.Read(".git/refs/heads/main");

        var outcome = await bench.RunAsync(Patience);

        Assert.Equal(StopReason.Done, outcome.Stop);
        Assert.Equal((RunBench.Solved, "made\n"), (bench.Workspace.Read("double.js"), bench.Workspace.Read("made.txt")));
        Assert.Equal(history, bench.Workspace.Read(".git/refs/heads/main"));
        Assert.False(Directory.Exists(bench.Workspace["out"]));
        Assert.False(Directory.Exists(bench.Workspace[".vscode"]));
        Assert.False(Path.Exists(bench.Workspace["pipe"]));
        var told = bench.Events.OfType<NoticeRaised>().ToDictionary(notice => notice.Title, notice => notice.Description);
        Assert.Equal("made.txt", told["Commands changed files, too"]);
        var left = told["Not taken over of what commands changed"];
        Assert.Equal(3, new[] { ".vscode/tasks.json (", "pipe (no regular file)", ".git (" }.Count(left.Contains));

        Assert.Equal("2 files are as before the run.", Undo(bench).Message);
        Assert.Equal(RunBench.Broken, bench.Workspace.Read("double.js"));
        Assert.False(File.Exists(bench.Workspace["made.txt"]));
    }

    /// <summary>It once stayed behind after an undo: the ignore file of after the command hid it.</summary>
    [Fact]
    public async Task A_file_that_a_test_hides_behind_a_new_ignore_rule_does_not_come()
    {
        await using var bench = Bench("echo hidden >> .gitignore; echo x > hidden");

        Assert.Equal(StopReason.Done, (await bench.RunAsync(Patience)).Stop);
        Assert.False(File.Exists(bench.Workspace["hidden"]));
        Assert.Empty(Undo(bench).Conflicts);
        Assert.Equal("out/\n", bench.Workspace.Read(".gitignore"));
    }

    [Fact]
    public async Task What_the_user_writes_while_the_run_works_stays_and_is_no_part_of_it()
    {
        await using var bench = Bench("true");
        bench.OnEvent = (_, happened) =>
        {
            if (happened is TestsStarted { Attempt: 1 })
            {
                bench.Workspace.With("notes.txt", "mine, too\n").With("new.txt", "mine\n");
            }
        };

        Assert.Equal(StopReason.Done, (await bench.RunAsync(Patience)).Stop);
        Assert.Equal(("mine, too\n", "mine\n"), (bench.Workspace.Read("notes.txt"), bench.Workspace.Read("new.txt")));
        Assert.Equal(["double.js"], Undo(bench).Restored);
        Assert.Equal(("mine, too\n", "mine\n"), (bench.Workspace.Read("notes.txt"), bench.Workspace.Read("new.txt")));
    }

    [Fact]
    public async Task Other_lines_of_the_same_file_that_the_user_writes_meanwhile_are_kept_and_tested_with_the_patch()
    {
        const string Mine = "// one\n// two\n// three\n";
        await using var bench = Bench("true", $"{RunBench.Solved}\n{Mine}");
        bench.Workspace.With("double.js", $"{RunBench.Broken}\n{Mine}");
        bench.OnEvent = (_, happened) =>
        {
            if (happened is TestsStarted { Attempt: 1 })
            {
                bench.Workspace.With("double.js", $"{RunBench.Broken}\n{Mine}// four\n");
            }
        };

        var outcome = await bench.RunAsync(Patience);

        Assert.Equal(StopReason.Done, outcome.Stop);
        Assert.Equal($"{RunBench.Solved}\n{Mine}// four\n", bench.Workspace.Read("double.js"));
        Assert.Equal([0, 1, 2], bench.Events.OfType<TestsFinished>().Select(tests => tests.Attempt));
    }

    [Fact]
    public async Task The_same_lines_that_the_user_writes_meanwhile_are_theirs_and_nothing_is_written()
    {
        await using var bench = Bench("true");
        bench.OnEvent = (_, happened) =>
        {
            if (happened is TestsStarted { Attempt: 1 })
            {
                bench.Workspace.With("double.js", "export const double = (n) => n * 2;\n");
            }
        };

        var outcome = await bench.RunAsync(Patience);

        Assert.Equal((StopReason.Forbidden, "conflict"), (outcome.Stop, outcome.Detail));
        Assert.Equal("export const double = (n) => n * 2;\n", bench.Workspace.Read("double.js"));
        Assert.Empty(bench.Events.OfType<PatchApplied>());
    }

    private static UndoResult Undo(RunBench bench)
    {
        var runs = new RunStore(bench.Home, TimeProvider.System);
        return runs.Undo(runs.List()[0]);
    }
}
