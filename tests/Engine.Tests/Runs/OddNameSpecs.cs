using CodexSidecar.Contracts;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Runs;

/// <summary>Files with blanks, commas, quotes and any letters in their names, through a whole run: the FILE and ITEM lines of the answers,
/// the plan and the change.</summary>
public sealed class OddNameSpecs
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Rows =>
        new()
        {
            { "src/Order Total.js", "src/Order Total.js" },
            { "src/a, b.js", "src/a, b.js, double.test.js" },
            { "src/say, it's ü.js", "`src/say, it's ü.js` (the sum)" },
            { "src/日本語 (copy).js", "./src/日本語 (copy).js the file with the fault" },
        };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_file_is_found_planned_and_changed_under_its_own_name(string path, string named)
    {
        await using var bench = new RunBench([
            Says.Files(named),
            Says.Rule("Plan the change", $"STEP: Correct the sum.\nFILE: {named}"),
            .. Says.AllVote("approve"),
            Says.Rule("You are the Director", $"ITEM: Correct the sum | {named} | the tests"),
            Says.Patch(path, RunBench.Solved),
        ]);
        bench.Settings = bench.Settings with { Consilium = ConsiliumSize.Full };
        var test = bench.Workspace.Read("double.test.js").Replace("./double.js", "./" + path, StringComparison.Ordinal);
        bench.Workspace.With("double.test.js", test.Replace('\'' + "./" + path + '\'', $"\"./{path}\"", StringComparison.Ordinal));
        bench.Workspace.With(path, bench.Workspace.Read("double.js"));
        File.Delete(bench.Workspace["double.js"]);

        var outcome = await bench.RunAsync(Patience);

        Assert.True(outcome.Stop is StopReason.Done, $"{outcome.Stop}: {outcome.Message}");
        Assert.Equal(RunBench.Solved, bench.Workspace.Read(path));
        Assert.Equal(path, bench.Single<PlanProposed>().Files[0]);
        Assert.Contains(bench.Events.OfType<VotesTallied>().SelectMany(tallied => tallied.Checklist), item =>
            item.Files is [var first, ..] && first == path
        );
        Assert.Contains($"<file path=\"{path}\"", bench.Server.Chats[^1].Messages[1].Text, StringComparison.Ordinal);
    }
}
