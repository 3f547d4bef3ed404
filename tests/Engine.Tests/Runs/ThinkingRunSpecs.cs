using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Runs;

/// <summary>Whole runs on models that think before each answer.</summary>
public sealed class ThinkingRunSpecs
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2_000, "reasoning_content", ConsiliumSize.Off)]
    [InlineData(2_000, "reasoning", ConsiliumSize.Full)]
    [InlineData(8_000, "reasoning_content", ConsiliumSize.Full)]
    [InlineData(8_000, "tags", ConsiliumSize.Full)]
    [InlineData(8_000, "usage", ConsiliumSize.Full)]
    public async Task However_long_it_thinks_every_question_is_asked_once(int tokens, string where, ConsiliumSize size)
    {
        await using var bench = Bench(new(tokens) { Where = where }, window: 40_960);
        bench.Settings = bench.Settings with { Consilium = size };

        var end = await bench.RunAsync(Patience);

        Assert.True(end.Stop is StopReason.Done, end.Message);
        Assert.Equal(size is ConsiliumSize.Full ? 10 : 3, bench.Server.Chats.Count);
        Assert.All(bench.Events.OfType<VoteCast>(), cast => Assert.Equal(VoteState.Valid, cast.Vote.State));
        // All of it, as the server counts it: 10 thoughts of 8,000 tokens are more than a run may answer with.
        Assert.True(bench.Single<ReportWritten>().Report.Usage.OutputTokens > tokens * bench.Server.Chats.Count);
    }

    [Fact]
    public async Task One_that_thinks_longer_than_the_window_solves_the_task_without_thinking()
    {
        await using var bench = Bench(new(20_000) { Off = ["\"enable_thinking\":false"] }, window: 8_192);

        var end = await bench.RunAsync(Patience);

        Assert.True(end.Stop is StopReason.Done, end.Message);
        Assert.Equal(4, bench.Server.Chats.Count);
        Assert.Contains(
            "tokens for thinking and did not answer",
            Assert
                .Single(bench.Events.OfType<NoticeRaised>(), notice =>
                    notice.Title.StartsWith("The model thought", StringComparison.Ordinal)
                )
                .Description,
            StringComparison.Ordinal
        );
        // The lost reply is in the bill.
        Assert.Equal(4, bench.Single<ReportWritten>().Report.Usage.Requests);
    }

    [Fact]
    public async Task One_that_never_answers_ends_the_run_with_the_cause_and_what_helps()
    {
        await using var bench = Bench(new(50_000), window: 8_192);

        var end = await bench.RunAsync(Patience);

        Assert.Equal(StopReason.MalformedReplies, end.Stop);
        Assert.Matches(
            @"^The model's reply could not be used 3 times in a row\. The last time: there was no STEP line in it: the model used all "
                + @"[0-9,]+ tokens for thinking\. Give the model more room to think \(a larger context of the server, "
                + @"CODEX_SIDECAR_THINKING_TOKENS\)",
            end.Message
        );
        // The model is told the same.
        Assert.Contains("no STEP line in it: the model used all", bench.Server.Chats[^1].LastUserText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_reply_is_called_empty()
    {
        await using var bench = new RunBench([Says.Files("double.js"), Says.Rule("Plan the change", "")]);

        var end = await bench.RunAsync(Patience);

        Assert.Equal(
            "The model's reply could not be used 3 times in a row. The last time: there was no STEP line in it: the reply was empty. "
                + "Look at the chat template of the server, or take a larger model.",
            end.Message
        );
    }

    [Fact]
    public async Task A_reply_that_was_cut_is_called_cut()
    {
        var cut = new FakeReply
        {
            Text = "I would first of all",
            Finish = "length",
            Usage = new(900, 700),
        };
        await using var bench = new RunBench([Says.Files("double.js"), new FakeRule(cut) { Last = "Plan the change" }]);

        var end = await bench.RunAsync(Patience);

        Assert.Contains("no STEP line in it: the reply was cut at 700 tokens.", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Votes_of_which_only_thought_came_are_told_by_their_cause_and_the_run_goes_on()
    {
        await using var bench = new RunBench(
            new FakeScript
            {
                Rules =
                [
                    .. Says.Begin,
                    new FakeRule(
                        new FakeReply
                        {
                            Thought = "Hm.",
                            Finish = "length",
                            Usage = new(900, 400),
                        }
                    )
                    {
                        Last = "Judge the plan",
                    },
                    Says.Checklist("Correct the sum"),
                    Says.Patch("double.js", RunBench.Solved),
                ],
                Models = Window(8_192),
            }
        );
        bench.Settings = bench.Settings with { Consilium = ConsiliumSize.Full };

        var end = await bench.RunAsync(Patience);

        Assert.True(end.Stop is StopReason.Done, end.Message);
        var told = Assert.Single(bench.Events.OfType<NoticeRaised>(), notice => notice.Title == "No role voted");
        Assert.Contains("could not be read: the model used all 400 tokens for thinking.", told.Description, StringComparison.Ordinal);
        Assert.True(bench.Single<PermissionAsked>().GoesOn);
    }

    [Fact]
    public async Task A_server_that_sends_every_answer_as_reasoning_is_used_all_the_same()
    {
        await using var bench = new RunBench(
            new FakeScript
            {
                Rules = [.. Says.Begin, .. Says.AllVote("approve"), Says.Checklist("Correct it"), Says.Patch("double.js", RunBench.Solved)],
                Quirk = (request, reply) => request.Path == "/v1/chat/completions" ? reply with { Text = "", Thought = reply.Text } : reply,
            }
        );
        bench.Settings = bench.Settings with { Consilium = ConsiliumSize.Full };

        var end = await bench.RunAsync(Patience);

        Assert.True(end.Stop is StopReason.Done, end.Message);
        Assert.All(bench.Events.OfType<VoteCast>(), cast => Assert.Equal(VoteState.Valid, cast.Vote.State));
        Assert.Single(bench.Events.OfType<NoticeRaised>(), notice => notice.Title == "The server sends everything as reasoning");
    }

    private static RunBench Bench(FakeThinking think, int window) =>
        new(
            new FakeScript
            {
                Rules =
                [
                    .. Says.Begin,
                    .. Says.AllVote("approve"),
                    Says.Checklist("Correct it"),
                    Says.Patch("double.js", RunBench.Solved),
                    Says.Rule("", "What else?"),
                ],
                Think = think,
                Models = Window(window),
            }
        );

    private static JsonElement Window(int tokens) => JsonElement.Parse($$"""{"data":[{"id":"m","context_length":{{tokens}}}]}""");
}
