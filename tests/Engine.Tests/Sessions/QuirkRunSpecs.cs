using CodexSidecar.Contracts;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Sessions;

/// <summary>A whole run with each server that is wrong in its own way: it is solved, or ends with the right reason and everything as before.</summary>
public sealed class QuirkRunSpecs
{
    public static TheoryData<string> Names => [.. Quirks.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_run_gets_through_or_says_why(string name)
    {
        var quirk = Quirks.All[name];
        IReadOnlyList<FakeRule> good = [Says.Files(quirk.Lines > 0 ? ["double.js", "docs/double.md"] : ["double.js"]), Says.Plan("double.js"), .. Says.AllVote("approve"), Says.Checklist("Correct double.js"), Says.Patch("double.js", RunBench.Solved), Says.Rule("check word", $"It is {FakeAnswer.FirstLine}."), Says.Patch("double.js", RunBench.Solved) with { Last = null, Any = "Carry out the plan" }];
        await using var bench = new RunBench(new FakeScript { Rules = [.. quirk.First, .. good.Select(rule => rule with { Reply = quirk.Shape(rule.Reply) })], Paths = quirk.Paths });
        if (quirk.Lines > 0)
        {
            bench.Workspace.With("docs/double.md", string.Concat(Enumerable.Repeat("Numbers are doubled here, and nothing else is done with them.\n", quirk.Lines)));
        }
        bench.Settings = bench.Settings with { Consilium = quirk.Consilium, Model = name == "no list of models" ? "some-model" : null };

        var outcome = await bench.RunAsync(TestContext.Current.CancellationToken);

        Assert.True(quirk.Stop == outcome.Stop, $"{outcome.Stop} {outcome.Detail}: {outcome.Message}");
        Assert.Equal(quirk.Stop == StopReason.Done ? RunBench.Solved : RunBench.Broken, bench.Workspace.Read("double.js"));
        if (quirk.Stop != StopReason.Done)
        {
            Assert.Contains(quirk.Says, outcome.Message, StringComparison.Ordinal);
            Assert.Equal(quirk.Detail, outcome.Detail);
        }
        Assert.Single(bench.Events.OfType<RunFinished>());
        Assert.Equal(quirk.Lines > 0, bench.Server.Chats.Any(chat => chat.Messages.Sum(message => message.Text.Length) > Quirks.LongPrompt));
        if (quirk.Consilium is ConsiliumSize.Full)
        {
            Assert.All(bench.Events.OfType<VoteCast>(), cast => Assert.Equal(VoteState.Valid, cast.Vote.State));
        }
    }
}
