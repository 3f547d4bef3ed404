using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Runs;

/// <summary>Somebody else writes into a file while its patch is looked at.</summary>
public sealed class ChangedMeanwhileSpecs
{
    private const string Rest = "\n// one\n// two\n// three\n// four\nexport const last = 1;\n";

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Other_lines_are_kept_beside_the_patch_and_nothing_is_asked_again()
    {
        var (outcome, text, questions, _) = await RunAsync(text => text + "// by another program\n");
        Assert.Equal((StopReason.Done, RunBench.Solved + Rest + "// by another program\n", 1), (outcome, text, questions));
    }

    [Fact]
    public async Task A_change_beside_the_hunk_makes_it_another_hunk_that_is_asked_about_again()
    {
        var (outcome, text, questions, _) = await RunAsync(text => text.Replace("// one", "// 1", StringComparison.Ordinal));
        Assert.Equal(
            (StopReason.Done, RunBench.Solved + Rest.Replace("// one", "// 1", StringComparison.Ordinal), 2),
            (outcome, text, questions)
        );
    }

    [Fact]
    public async Task The_same_line_is_nobodys_to_overwrite_and_the_model_is_shown_the_fresh_text()
    {
        var theirs = "export const double = (n) => n * 4 / 2 + 1;\n";
        var (outcome, text, questions, asked) = await RunAsync(text => text.Replace(RunBench.Broken, theirs, StringComparison.Ordinal));
        Assert.Equal((StopReason.Done, RunBench.Solved + Rest, 2), (outcome, text, questions));
        Assert.Contains(theirs, asked);
    }

    [Fact]
    public async Task A_file_that_was_removed_meanwhile_comes_back_only_as_a_new_file_the_user_is_asked_about()
    {
        await using var bench = Bench();
        var questions = 0;
        bench.OnEvent = (session, happened) =>
        {
            if (happened is PermissionAsked asked)
            {
                File.Delete(Path.Join(bench.Workspace.Path, "double.js"));
                session.Answer(asked.AskId, new(++questions == 1, AnsweredBy.User));
            }
        };
        var outcome = await bench.RunAsync(Patience);
        Assert.Equal((StopReason.UserRejected, 2), (outcome.Stop, questions));
        Assert.Equal(
            [FileChange.Modified, FileChange.Added],
            bench.Events.OfType<PatchProposed>().Select(patch => patch.Files.Single().Change)
        );
        Assert.False(File.Exists(Path.Join(bench.Workspace.Path, "double.js")));
    }

    private static RunBench Bench()
    {
        var bench = new RunBench([
            .. Says.Begin,
            Says.Patch("double.js", RunBench.Solved + Rest),
            Says.Rule("changed on disk after you read it", Says.Whole("double.js", RunBench.Solved + Rest)),
        ]);
        bench.Workspace.With("double.js", RunBench.Broken + Rest);
        bench.Settings = bench.Settings with { Review = ReviewMode.Ask };
        return bench;
    }

    private static async Task<(StopReason Stop, string Text, int Questions, string Asked)> RunAsync(Func<string, string> change)
    {
        await using var bench = Bench();
        var questions = 0;
        bench.OnEvent = (session, happened) =>
        {
            if (happened is PermissionAsked { Subject: AskSubject.Patch } asked)
            {
                if (questions++ == 0)
                {
                    bench.Workspace.With("double.js", change(bench.Workspace.Read("double.js")));
                }
                session.Answer(asked.AskId, new(true, AnsweredBy.User));
            }
        };
        var outcome = await bench.RunAsync(Patience);
        return (outcome.Stop, bench.Workspace.Read("double.js"), questions, bench.Server.Chats[^1].LastUserText);
    }
}
