using CodexSidecar.Contracts;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Runs;

/// <summary>What cannot be written, and what the sandbox keeps from being written, is told as what it is: no fault of the
/// program.</summary>
public sealed class RefusedWriteSpecs
{
    private const string Elsewhere = "export { double } from './impl.js';\n";

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_read_only_file_is_told_to_the_model_and_then_ends_the_run_by_its_name()
    {
        await using var bench = new RunBench([
            .. Says.Begin,
            Says.Patch("double.js", RunBench.Solved),
            Says.Rule("is read-only", Says.Whole("double.js", RunBench.Solved)),
        ]);
        FileModes.Set(bench.Workspace["double.js"], UnixFileMode.UserRead);
        var before = bench.Workspace.Fingerprint();

        var outcome = await bench.RunAsync(Patience);

        Assert.Equal((StopReason.Forbidden, "not_writable"), (outcome.Stop, outcome.Detail));
        Assert.StartsWith("The patch was not written. double.js is read-only. ", outcome.Message);
        Assert.StartsWith("Nothing was written: double.js is read-only.", bench.Server.Chats[^1].LastUserText);
        Assert.Equal(before, bench.Workspace.Fingerprint());
        Assert.Empty(bench.Events.OfType<RolledBack>());
    }

    [Fact]
    public async Task A_model_that_knows_another_way_solves_the_task_all_the_same()
    {
        await using var bench = new RunBench([
            .. Says.Begin,
            Says.Patch("double.js", RunBench.Solved),
            Says.Rule("is read-only", Says.Whole("impl.js", RunBench.Solved)),
        ]);
        bench.Workspace.With("double.js", Elsewhere).With("impl.js", RunBench.Broken);
        FileModes.Set(bench.Workspace["double.js"], UnixFileMode.UserRead);

        var outcome = await bench.RunAsync(Patience);

        Assert.Equal((StopReason.Done, RunBench.Solved), (outcome.Stop, bench.Workspace.Read("impl.js")));
        Assert.Contains(bench.Events.OfType<NoticeRaised>(), notice => notice.Description.StartsWith("double.js is read-only."));
    }

    /// <summary>The question whether a file may be deleted comes behind the last look at the files.</summary>
    [Fact]
    public async Task A_file_that_changes_while_its_deletion_is_asked_about_is_shown_to_the_model_again()
    {
        const string Delete =
            "*** Begin Patch\n*** Delete File: old.js\n*** Update File: double.js\n@@\n"
            + "-export const double = (n) => n + n + 1;\n+export const double = (n) => n + n;\n*** End Patch\n";
        await using var bench = new RunBench([
            Says.Files("double.js"),
            Says.Plan("double.js", "old.js"),
            Says.Rule("Carry out the plan", Delete),
            Says.Rule("changed on disk after you read it", Says.Whole("double.js", RunBench.Solved)),
        ]);
        bench.Workspace.With("old.js", "// old\n");
        bench.OnEvent = (session, happened) =>
        {
            if (happened is PermissionAsked asked)
            {
                bench.Workspace.With("old.js", "// somebody needs it\n");
                session.Answer(asked.AskId, new(true, AnsweredBy.User));
            }
        };

        var outcome = await bench.RunAsync(Patience);

        Assert.Equal((StopReason.Done, "// somebody needs it\n"), (outcome.Stop, bench.Workspace.Read("old.js")));
        Assert.Contains("old.js\n````\n// somebody needs it\n", bench.Server.Chats[^1].LastUserText);
    }

    [Fact]
    public async Task A_commit_that_cannot_be_made_does_not_unmake_the_change()
    {
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);
        bench.Settings = bench.Settings with { Level = Level.GitCommit, Commit = CommitMode.Auto };

        var outcome = await bench.RunAsync(Patience);

        Assert.Equal((StopReason.Done, RunBench.Solved), (outcome.Stop, bench.Workspace.Read("double.js")));
        Assert.Contains(
            new NoticeRaised(Severity.Warning, "Nothing was committed", "The workspace is in no git repository."),
            bench.Events.OfType<NoticeRaised>()
        );
    }

    [Fact]
    public async Task A_file_that_was_written_through_a_link_is_committed_by_its_own_name()
    {
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);
        bench.Workspace.With("parts/double.js", RunBench.Broken);
        File.Delete(bench.Workspace["double.js"]);
        File.CreateSymbolicLink(bench.Workspace["double.js"], "parts/double.js");
        using var repository = new LibGit2Sharp.Repository(LibGit2Sharp.Repository.Init(bench.Workspace.Path));
        repository.Config.Set("user.name", "Ann");
        repository.Config.Set("user.email", "ann@localhost");
        bench.Settings = bench.Settings with { Level = Level.GitCommit, Commit = CommitMode.Auto };

        var outcome = await bench.RunAsync(Patience);

        Assert.Equal(StopReason.Done, outcome.Stop);
        Assert.NotNull(repository.Head.Tip["parts/double.js"]);
    }

    [Fact]
    public async Task A_write_that_the_sandbox_stops_is_named_before_the_model_is_blamed()
    {
        Needs.Bubblewrap();
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);
        var place = Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), $"no-place-{Guid.NewGuid():n}");
        bench.Workspace.With(
            "double.test.js",
            $"import {{ test }} from 'node:test';\nimport {{ writeFileSync }} from 'node:fs';\n"
                + $"test('needs a home', () => writeFileSync('{place}', ''));\n"
        );

        await bench.RunAsync(Patience);

        Assert.Contains(bench.Events.OfType<NoticeRaised>(), notice =>
            notice.Title == "The sandbox stopped a write of the tests" && notice.Description.StartsWith($"{place}: ")
        );
        Assert.False(File.Exists(place));
    }
}
