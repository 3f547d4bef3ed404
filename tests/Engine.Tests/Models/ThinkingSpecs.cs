using System.Text.Json;
using CodexSidecar.Engine.Models;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

/// <summary>Models that think before they answer: the thought counts in the limit of a reply, never in the room of the answer.</summary>
public sealed class ThinkingSpecs
{
    private static readonly string Answer = string.Join(' ', Enumerable.Range(100, 225));

    private const string Long = "This sentence comes again and again and has more than forty letters.\n";

    [Theory]
    [InlineData("reasoning_content")]
    [InlineData("reasoning")]
    [InlineData("thinking")]
    [InlineData("tags")]
    [InlineData("usage")]
    public async Task Thinking_has_room_of_its_own_wherever_it_is_shown(string where)
    {
        await using var asking = await Asking.StartAsync(Thinks(8_000, where, window: 40_960));

        var reply = await asking.AskAsync();

        Assert.Equal(("Because.", ReplyEnd.Stop, null), (reply.Text, reply.End, reply.Trouble));
        Assert.InRange(reply.Usage.ThoughtTokens ?? 0, 7_900, 8_002);
        Assert.Equal(17_000, asking.Server.Chats.Single().Limit);
    }

    [Fact]
    public async Task Who_answers_without_thinking_is_given_no_more_than_the_answer_needs()
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always("Because.") with { Models = Window(40_960) });

        await asking.AskAsync();
        await asking.AskAsync();

        Assert.Equal([17_000, 1_000], Limits(asking));
    }

    [Theory]
    [InlineData(0, new[] { 1_000 })]
    [InlineData(3_000, new[] { 1_000, 17_000 })]
    public async Task A_reply_that_goes_out_has_the_limit_its_client_gave_until_a_thought_is_seen(int thought, int[] limits)
    {
        await using var asking = await Asking.StartAsync(Thinks(thought));

        Assert.Equal("Because.", (await asking.AskAsync(Asking.Prompt("Why?") with { GoesOut = true })).Text);

        Assert.Equal(limits, Limits(asking).OfType<int>());
        Assert.Equal("Because.", asking.Heard.AllText);
    }

    /// <summary>As a client of <c>serve</c> does.</summary>
    [Fact]
    public async Task A_limit_that_its_client_sends_itself_stays_that_whatever_is_thought()
    {
        await using var asking = await Asking.StartAsync(Thinks(3_000));
        var passed = new Dictionary<string, JsonElement> { ["max_tokens"] = JsonElement.Parse("50") };
        var prompt = Asking.Prompt("Why?", maxOutputTokens: 50) with { GoesOut = true, Passed = passed };

        Assert.Equal(("", ReplyEnd.Length), await AskAsync());
        Assert.Equal(("", ReplyEnd.Length), await AskAsync());

        Assert.Equal([50, 50], Limits(asking));

        async Task<(string, ReplyEnd)> AskAsync()
        {
            var reply = await asking.AskAsync(prompt);
            return (reply.Text, reply.End);
        }
    }

    [Fact]
    public async Task The_room_is_what_the_prompt_leaves_of_the_window()
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always("Because.") with { Models = Window(8_192) });

        await asking.AskAsync(new string('x', 3_300 * 4));

        Assert.InRange(Limits(asking).Single() ?? 0, 8_192 - 4_400, 8_192 - 4_000);
    }

    [Fact]
    public async Task Who_begins_to_think_later_is_asked_again_with_room()
    {
        await using var asking = await Asking.StartAsync(Thinks(3_000, off: ["Quickly"]));

        await asking.AskAsync("Quickly: why?");
        var reply = await asking.AskAsync();
        await asking.AskAsync();

        Assert.Equal("Because.", reply.Text);
        Assert.Equal([17_000, 1_000, 17_000, 17_000], Limits(asking));
        // What the lost reply cost is not forgotten.
        Assert.Equal(1_000, reply.Usage.Before!.ThoughtTokens);
    }

    [Fact]
    public async Task An_answer_that_the_thought_left_no_room_for_is_asked_for_again()
    {
        await using var asking = await Asking.StartAsync(Thinks(980, off: ["Quickly"]) with { Rules = [new(Answer)] });

        await asking.AskAsync("Quickly: why?");

        Assert.Equal(Answer, (await asking.AskAsync()).Text);
        Assert.Equal(3, asking.Server.Chats.Count);
    }

    [Theory]
    [InlineData("\"enable_thinking\":false", 2)]
    [InlineData("\"thinking\":false", 2)]
    [InlineData("\"reasoning_effort\":\"none\"", 2)]
    [InlineData("/no_think", 2)]
    [InlineData("\"reasoning_effort\":\"low\"", 3)]
    [InlineData("\"thinking_budget_tokens\":0", 3)]
    [InlineData("\"reasoning_budget_tokens\":0", 3)]
    public async Task Who_thinks_longer_than_the_window_is_told_to_think_less_and_that_is_kept(string off, int requests)
    {
        var folder = Directory.CreateTempSubdirectory("endpoints-").FullName;
        try
        {
            await using var asking = await Asking.StartAsync(Thinks(50_000, off: [off], window: 8_192));
            await using (var first = await ModelConnection.OpenAsync(asking.Settings(folder), asking.Time, Asking.Token))
            {
                Assert.Equal("Because.", (await first.AskAsync(Asking.Prompt("Why?"), asking.Heard, Asking.Token)).Text);
                Assert.Equal("Because.", (await first.AskAsync(Asking.Prompt("Why?"), asking.Heard, Asking.Token)).Text);
            }

            Assert.Equal(requests + 1, asking.Server.Chats.Count);
            Assert.DoesNotContain(off, asking.Server.Chats[0].Body, StringComparison.Ordinal);
            Assert.All(asking.Server.Chats.Skip(requests - 1), chat => Assert.Contains(off, chat.Body, StringComparison.Ordinal));
            Assert.Contains("without coming to an answer", Assert.Single(asking.Heard.Notices), StringComparison.Ordinal);

            // The next run lets it think, and knows what helps.
            await using (var next = await ModelConnection.OpenAsync(asking.Settings(folder), asking.Time, Asking.Token))
            {
                Assert.Equal("Because.", (await next.AskAsync(Asking.Prompt("Why?"), asking.Heard, Asking.Token)).Text);
            }
            Assert.Equal(requests + 3, asking.Server.Chats.Count);
            var found = await ModelConnection.FindAsync(asking.Settings(folder), asking.Time, Asking.Token);
            Assert.Contains(found.Learnt, known => known.StartsWith("Once thought without", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>SGLang's validation of the effort, python/sglang/srt/entrypoints/openai/protocol.py.</summary>
    [Theory]
    [InlineData("reasoning_effort: Input should be 'low', 'medium' or 'high'")]
    [InlineData("reasoning_effort: Extra inputs are not permitted")]
    public async Task A_switch_that_is_refused_teaches_nothing_about_other_fields(string words)
    {
        var script = Thinks(50_000, off: ["\"reasoning_effort\":\"low\""], window: 8_192);
        var refusal = new FakeReply { Status = 400, Text = words };
        await using var asking = await Asking.StartAsync(
            script with
            {
                Rules = [new(refusal) { Sent = "\"reasoning_effort\":\"none\"" }, .. script.Rules],
            }
        );

        Assert.Equal("Because.", (await asking.AskAsync()).Text);

        Assert.Equal(3, asking.Server.Chats.Count);
        string[] fields = ["stream_options", "seed", "temperature", "max_tokens"];
        Assert.All(asking.Server.Chats, chat => Assert.All(fields, field => Assert.True(chat.Json!.ContainsKey(field))));
    }

    [Fact]
    public async Task Who_never_stops_thinking_is_told_so_and_not_tried_each_time()
    {
        await using var asking = await Asking.StartAsync(Thinks(50_000, window: 8_192));

        var reply = await asking.AskAsync();
        var tries = asking.Server.Chats.Count;
        await asking.AskAsync();

        Assert.Equal(("", ReplyEnd.Length), (reply.Text, reply.End));
        Assert.Matches("^the model used all [0-9,]+ tokens for thinking$", reply.Trouble);
        Assert.Equal((3, 4), (tries, asking.Server.Chats.Count));
    }

    [Fact]
    public async Task A_window_that_was_only_assumed_does_not_end_a_thought()
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always("Because.") with { Think = new(9_000) });

        Assert.Equal("Because.", (await asking.AskAsync()).Text);
        Assert.Equal("Because.", (await asking.AskAsync()).Text);
        Assert.Equal(3, asking.Server.Chats.Count);
    }

    [Theory]
    [InlineData("500", 1_500, false)]
    [InlineData("0", 1_000, true)]
    public async Task The_user_sets_how_much_may_be_thought(string tokens, int limit, bool isOff)
    {
        await using var asking = await Asking.StartAsync(
            Thinks(400, off: ["\"enable_thinking\":false"]),
            ("CODEX_SIDECAR_THINKING_TOKENS", tokens)
        );

        Assert.Equal("Because.", (await asking.AskAsync()).Text);

        var chat = Assert.Single(asking.Server.Chats);
        Assert.Equal((limit, isOff), (chat.Limit, chat.Json!.ContainsKey("chat_template_kwargs")));
    }

    [Fact]
    public async Task Thinking_that_cannot_be_switched_off_is_borne()
    {
        var script = Thinks(400);
        var refusal = new FakeReply { Status = 422, Text = "no" };
        await using var asking = await Asking.StartAsync(
            script with
            {
                Rules = [new(refusal) { Sent = "chat_template_kwargs" }, .. script.Rules],
            },
            ("CODEX_SIDECAR_THINKING_TOKENS", "0")
        );

        Assert.Equal("Because.", (await asking.AskAsync()).Text);
        Assert.Equal("Because.", (await asking.AskAsync()).Text);
        Assert.Equal(4, asking.Server.Chats.Count);
    }

    [Fact]
    public async Task A_number_that_is_none_is_said_before_anything_is_asked()
    {
        var fault = await Assert.ThrowsAsync<ModelException>(() =>
            Asking.StartAsync(FakeScript.Always("ok"), ("CODEX_SIDECAR_THINKING_TOKENS", "much"))
        );

        Assert.Equal("CODEX_SIDECAR_THINKING_TOKENS is not a number of tokens.", fault.Message);
    }

    [Theory]
    [InlineData("STEP: Do it.", "")]
    [InlineData("", "<think>\nSTEP: Do it.\n</think>\n")]
    public async Task A_reply_that_is_nothing_but_reasoning_and_ended_by_itself_is_the_answer(string thought, string text)
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always(new FakeReply { Text = text, Thought = thought }));

        var first = await asking.AskAsync();
        Assert.Empty(asking.Heard.Notices);
        await asking.AskAsync();
        await asking.AskAsync();

        Assert.Equal(("STEP: Do it.", ReplyEnd.Stop, null), (first.Text.Trim(), first.End, first.Usage.ThoughtTokens));
        Assert.Contains("STEP: Do it.", asking.Heard.AllText, StringComparison.Ordinal);
        Assert.Contains("reasoning parser off", Assert.Single(asking.Heard.Notices), StringComparison.Ordinal);
    }

    /// <summary>As of a template that opens the reasoning itself on a server without a reasoning parser.</summary>
    [Fact]
    public async Task A_thought_whose_beginning_nothing_marks_is_no_answer_when_it_is_cut()
    {
        var thought = string.Join(' ', Enumerable.Range(0, 4_000));
        await using var asking = await Asking.StartAsync(
            new FakeScript
            {
                Rules = [new("Because.") { Sent = "\"enable_thinking\":false" }, new(new FakeReply { Text = thought, Finish = "length" })],
                Models = Window(8_192),
            }
        );

        Assert.Equal("Because.", (await asking.AskAsync()).Text);
        Assert.Equal("Because.", (await asking.AskAsync()).Text);
        Assert.Equal(3, asking.Server.Chats.Count);
    }

    [Fact]
    public async Task Once_it_is_known_to_begin_with_reasoning_a_cut_reply_is_reasoning()
    {
        await using var asking = await Asking.StartAsync(
            FakeScript.InOrder(
                "Let me see.\n</think>\nYes.",
                new FakeReply
                {
                    Text = "\n",
                    Thought = "Hm.",
                    Finish = "length",
                },
                new FakeReply { Text = "Let me see, it could be that", Finish = "length" },
                "Well.\n</think>\nNo."
            ) with
            {
                Models = Window(8_192),
            }
        );

        Assert.Equal("Yes.", (await asking.AskAsync()).Text);
        Assert.Equal("No.", (await asking.AskAsync()).Text);
        Assert.True(asking.Server.Chats[1].Limit > 1_000);
    }

    [Fact]
    public async Task Who_writes_on_and_on_without_a_thought_gets_no_room_for_it()
    {
        await using var asking = await Asking.StartAsync(
            FakeScript.Always(new FakeReply { Text = string.Join(' ', Enumerable.Range(0, 4_000)), Finish = "length" }) with
            {
                Models = Window(8_192),
            }
        );

        await asking.AskAsync();
        var tries = asking.Server.Chats.Count;
        await asking.AskAsync();

        Assert.Equal((3, 4), (tries, asking.Server.Chats.Count));
        Assert.Equal(1_000, asking.Server.Chats[^1].Limit);
    }

    [Fact]
    public async Task A_thought_that_was_cut_is_no_answer()
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always(new FakeReply { Thought = "STEP: Do", Finish = "length" }));

        Assert.Equal("", (await asking.AskAsync()).Text);
    }

    [Fact]
    public async Task What_a_server_counts_outside_of_the_limit_does_not_cut_the_answer()
    {
        await using var asking = await Asking.StartAsync(
            FakeScript.Always(
                new FakeReply
                {
                    Text = "Because.",
                    Thought = "Well.",
                    Usage = new(100, 30_000) { Reasoning = 29_990 },
                }
            )
        );

        Assert.Equal(ReplyEnd.Stop, (await asking.AskAsync()).End);
    }

    [Fact]
    public async Task Gateways_that_send_the_thought_under_two_names_leave_one_of_them_empty()
    {
        const string both =
            """{"choices":[{"delta":{"reasoning_content":"","reasoning":"Hm.","content":"Yes."},"finish_reason":"stop"}]}""";
        await using var asking = await Asking.StartAsync(new FakeReply { Body = $"data: {both}\n\n" });

        Assert.Equal("Yes.", (await asking.AskAsync()).Text);
        Assert.Equal("Hm.", asking.Heard.AllThought);
    }

    [Fact]
    public async Task A_thought_that_turns_in_circles_is_answered_by_thinking_less()
    {
        var circles = new FakeReply { Thought = string.Concat(Enumerable.Repeat(Long, 50)), Hang = true };
        await using var asking = await Asking.StartAsync(
            new FakeScript { Rules = [new("Because.") { Sent = "\"enable_thinking\":false" }, new(circles)], Models = Window(40_960) }
        );

        Assert.Equal("Because.", (await asking.AskAsync()).Text);
        Assert.Equal(2, asking.Server.Chats.Count);
    }

    [Fact]
    public async Task A_thought_that_turns_in_circles_whatever_is_said_is_a_fault()
    {
        var circles = new FakeReply { Thought = string.Concat(Enumerable.Repeat(Long, 50)) };
        await using var asking = await Asking.StartAsync(FakeScript.Always(circles) with { Models = Window(40_960) });

        Assert.Equal(ModelFault.Repetition, (await asking.FailAsync()).Fault);
        Assert.Equal(3, asking.Server.Chats.Count);
    }

    [Fact]
    public async Task Where_the_limit_counts_into_the_window_it_is_lowered_before_anything_else()
    {
        await using var asking = await Asking.StartAsync(
            FakeScript.Always("Because.") with
            {
                Models = Window(20_000),
                Window = new(8_192, Servers.Vllm),
            }
        );

        Assert.Equal("Because.", (await asking.AskAsync()).Text);

        Assert.Equal([17_000, 9_000, 5_000], Limits(asking));
        Assert.Equal(20_000, asking.Connection.Profile.Window);
    }

    [Theory]
    [InlineData(
        "Requested token count exceeds the model's maximum context length of 8192 tokens. You requested a total of 24000 tokens: 7000 "
            + "tokens from the input messages and 17000 tokens for the completion. Please reduce the number of tokens.",
        1_184
    )]
    [InlineData("max_tokens=17000 cannot be greater than max_model_len=max_total_tokens=8192. Please request fewer output tokens.", 9_000)]
    [InlineData("max_completion_tokens is too large: 17000.This model supports at most 8192 completion tokens.", 9_000)]
    public async Task Each_server_says_it_in_its_own_words(string refusal, int limit)
    {
        await using var asking = await Asking.StartAsync(
            FakeScript.InOrder(new FakeReply { Status = 400, Text = refusal }, "Because.") with
            {
                Models = Window(20_000),
            }
        );

        Assert.Equal("Because.", (await asking.AskAsync()).Text);
        Assert.Equal([17_000, limit], Limits(asking));
    }

    private static FakeScript Thinks(
        int tokens,
        string where = "reasoning_content",
        IReadOnlyList<string>? off = null,
        int window = 40_960
    ) =>
        FakeScript.Always("Because.") with
        {
            Think = new(tokens) { Where = where, Off = off ?? [] },
            Models = Window(window),
        };

    private static JsonElement Window(int tokens) => JsonElement.Parse($$"""{"data":[{"id":"m","context_length":{{tokens}}}]}""");

    private static IEnumerable<int?> Limits(Asking asking) => asking.Server.Chats.Select(chat => chat.Limit);
}
