using System.Text.Json;
using CodexSidecar.Engine.Models;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

/// <summary>Servers and chat templates that cannot do what others can. Each is met once, then known.</summary>
public sealed class QuirkSpecs
{
    private static readonly ModelPrompt Talk = new(
        "vote:qa",
        [
            new(PromptRole.System, "Be careful."),
            new(PromptRole.User, "One."),
            new(PromptRole.Assistant, "Understood."),
            new(PromptRole.User, "Two."),
            new(PromptRole.User, "Three."),
        ],
        1000
    );

    [Theory]
    [InlineData(400, "System role not supported")]
    [InlineData(500, "{\"error\":{\"message\":\"Jinja Exception: System role not supported\"}}")]
    [InlineData(400, "Only user and assistant roles are supported!")]
    public async Task A_template_without_a_system_role_gets_it_in_the_first_question(int status, string text)
    {
        await using var asking = await Asking.StartAsync(new FakeReply { Status = status, Body = text }, "ok", "ok");

        await asking.AskAsync(Talk);
        await asking.AskAsync(Talk);

        FakeMessage[] merged = [new("user", "Be careful.\n\nOne."), new("assistant", "Understood."), new("user", "Two.\n\nThree.")];
        Assert.Equal([5, 3, 3], asking.Server.Chats.Select(request => request.Messages.Count));
        Assert.All(asking.Server.Chats.Skip(1), request => Assert.Equal(merged, request.Messages));
    }

    [Fact]
    public async Task Where_roles_must_alternate_neighbours_become_one()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply { Status = 400, Text = "Conversation roles must alternate user/assistant/user/assistant/..." },
            "ok"
        );

        await asking.AskAsync(Talk);

        Assert.Equal(
            [new("system", "Be careful."), new("user", "One."), new("assistant", "Understood."), new("user", "Two.\n\nThree.")],
            asking.Server.Chats[1].Messages
        );
    }

    [Fact]
    public async Task A_refused_field_is_left_out()
    {
        const string refusal = """{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]}""";
        await using var asking = await Asking.StartAsync(new FakeReply { Status = 422, Body = refusal }, "ok", "ok");

        await asking.AskAsync();
        await asking.AskAsync();

        Assert.Equal([true, false, false], asking.Server.Chats.Select(request => request.Json!.ContainsKey("seed")));
        Assert.All(asking.Server.Chats, request => Assert.True(request.Json!.ContainsKey("stream_options")));
    }

    [Fact]
    public async Task Questions_refused_at_the_same_time_teach_the_same_and_nothing_more()
    {
        var refusal = new FakeReply
        {
            Status = 400,
            Text = "System role not supported",
            Gates = new Dictionary<int, string> { [-1] = "both" },
        };
        await using var asking = await Asking.StartAsync(refusal, refusal, "ok", "ok");

        var asked = Task.WhenAll(
            asking.Connection.AskAsync(Asking.Prompt("Why?"), new Heard(), Asking.Token),
            asking.Connection.AskAsync(Asking.Prompt("Why?"), new Heard(), Asking.Token)
        );
        await asking.Server.ReceivedChatsAsync(2);
        asking.Server.Open("both");

        Assert.Equal(["ok", "ok"], (await asked).Select(reply => reply.Text));
        Assert.All(asking.Server.Chats.Skip(2), request => Assert.Equal("user", Assert.Single(request.Messages).Role));
        Assert.All(asking.Server.Chats, request => Assert.True(request.Json!.ContainsKey("stream_options")));
    }

    [Fact]
    public async Task A_refused_wish_for_progress_is_left_out()
    {
        var script = FakeScript.InOrder(new FakeReply { Status = 400, Text = "Unknown field: return_progress" }, "ok");
        await using var asking = await Asking.StartAsync(
            script with
            {
                Paths = new Dictionary<string, JsonElement> { ["/props"] = JsonElement.Parse("""{"n_ctx":8192}""") },
            }
        );

        Assert.Equal("ok", (await asking.AskAsync()).Text);

        Assert.Equal([true, false], asking.Server.Chats.Select(request => request.Json!.ContainsKey("return_progress")));
        Assert.All(asking.Server.Chats, request => Assert.True(request.Json!.ContainsKey("stream_options")));
    }

    [Fact]
    public async Task Without_a_name_fields_are_left_out_one_by_one_the_least_missed_first()
    {
        var refusal = new FakeReply { Status = 400, Text = "Unrecognized request argument supplied" };
        await using var asking = await Asking.StartAsync(refusal, refusal, "ok");

        Assert.Equal("ok", (await asking.AskAsync(Asking.Prompt("Why?") with { Schema = """{"type":"object"}""" })).Text);

        var last = asking.Server.Chats[2].Json!;
        string[] fields = ["stream_options", "seed", "response_format", "max_tokens"];
        Assert.Equal([false, false, true, true], fields.Select(last.ContainsKey));
    }

    [Fact]
    public async Task A_server_that_refuses_everything_is_not_asked_for_ever()
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always(new FakeReply { Status = 400, Text = "unsupported" }));

        Assert.Equal(ModelFault.Refused, (await asking.FailAsync()).Fault);
        Assert.InRange(asking.Server.Chats.Count, 2, 8);
    }

    [Fact]
    public async Task A_server_that_cannot_stream_is_asked_for_a_whole_answer()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply { Status = 400, Text = "Unsupported value: stream" },
            new FakeReply { Text = "ok", Usage = new(9, 1) }
        );

        Assert.Equal(("ok", 9L), await asking.AskAsync() is var reply ? (reply.Text, reply.Usage.PromptTokens) : default);
        Assert.False(asking.Server.Chats[1].Streams);
    }

    [Fact]
    public async Task The_newer_name_of_the_token_limit_is_used_where_it_must_be()
    {
        const string refusal = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
        await using var asking = await Asking.StartAsync(new FakeReply { Status = 400, Text = refusal }, "ok");

        await asking.AskAsync();

        Assert.InRange((int)asking.Server.Chats[1].Json!["max_completion_tokens"]!, 1000, 4096);
        Assert.False(asking.Server.Chats[1].Json!.ContainsKey("max_tokens"));
    }

    [Fact]
    public async Task What_was_learnt_is_known_in_the_next_session_for_a_week()
    {
        var folder = Directory.CreateTempSubdirectory("endpoints-").FullName;
        try
        {
            await using var asking = await Asking.StartAsync(
                new FakeReply { Status = 400, Text = "System role not supported" },
                "ok",
                "ok",
                "ok"
            );
            await using (var first = await ModelConnection.OpenAsync(asking.Settings(folder), asking.Time, Asking.Token))
            {
                await first.AskAsync(Talk, asking.Heard, Asking.Token);
            }
            await using (var next = await ModelConnection.OpenAsync(asking.Settings(folder), asking.Time, Asking.Token))
            {
                await next.AskAsync(Talk, asking.Heard, Asking.Token);
            }
            asking.Time.Advance(TimeSpan.FromDays(8));
            await using (var muchLater = await ModelConnection.OpenAsync(asking.Settings(folder), asking.Time, Asking.Token))
            {
                await muchLater.AskAsync(Talk, asking.Heard, Asking.Token);
            }

            Assert.Equal([5, 3, 3, 5], asking.Server.Chats.Select(request => request.Messages.Count));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_prompt_in_front_of_the_reply_is_cut_off()
    {
        const string question = "Please say in one word why it is so.";
        await using var asking = await Asking.StartAsync(
            new FakeReply { Text = $"{question}\nBecause.", Pieces = 3 },
            new FakeReply { Text = $"You are careful.\n{question}\n\nBecause.", Pieces = 5 },
            new FakeReply { Text = "Please say in one", Pieces = 2 }
        );

        Assert.Equal("Because.", (await asking.AskAsync(question)).Text);
        Assert.Equal("Because.", (await asking.AskAsync(question)).Text);
        Assert.Equal("Please say in one", (await asking.AskAsync(question)).Text);
        Assert.Equal("Because.Because.Please say in one", asking.Heard.AllText);
    }

    [Fact]
    public async Task Behind_a_leaked_end_of_turn_nothing_is_read()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Text = "Because.<|im_end|>\n<|im_start|>user\nWhy?",
                Pieces = 3,
                Hang = true,
            },
            "x <|im_end|> y"
        );

        Assert.Equal(("Because.", ReplyEnd.Stop), await asking.AskAsync() is var reply ? (reply.Text, reply.End) : default);
        await asking.Server.Chats.Single().Left.WaitAsync(Asking.Token);
        // Who asks about it may be told about it.
        Assert.Equal("x <|im_end|> y", (await asking.AskAsync("What is <|im_end|>?")).Text);
    }

    [Theory]
    [InlineData(
        400,
        8192,
        """
            {"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error",
            "n_prompt_tokens":9000,"n_ctx":8192}}
            """
    )]
    [InlineData(400, 8192, "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens")]
    [InlineData(
        422,
        8192,
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192. Given: 9000 `inputs` tokens and 1000 `max_new_tokens`"
    )]
    [InlineData(500, 20000, "input is too large to process. increase the physical batch size")]
    [InlineData(500, 20000, "no user query found in messages")]
    public async Task A_prompt_too_long_for_the_window_is_told_and_not_tried_again(int status, int window, string text)
    {
        var models = JsonElement.Parse("""{"data":[{"id":"m","context_length":20000}]}""");
        await using var asking = await Asking.StartAsync(
            FakeScript.Always(new FakeReply { Status = status, Body = text }) with
            {
                Models = models,
            }
        );
        Assert.Equal(20000, asking.Connection.Profile.Window);

        Assert.Equal(ModelFault.Context, (await asking.FailAsync()).Fault);
        Assert.Single(asking.Server.Chats);
        // The server knows better than its description.
        Assert.Equal(window, asking.Connection.Profile.Window);
    }

    [Fact]
    public async Task The_same_may_come_inside_of_a_good_answer()
    {
        const string said = "The number of tokens to keep from the initial prompt is greater than the context length";
        await using var asking = await Asking.StartAsync(
            FakeScript.Always(new FakeReply { Body = $"event: error\ndata: {{\"error\":{{\"message\":\"{said}\"}}}}\n\n" })
        );

        Assert.Equal(ModelFault.Context, (await asking.FailAsync()).Fault);
    }

    [Fact]
    public async Task A_form_that_strangles_the_model_is_not_prescribed_again()
    {
        await using var asking = await Asking.StartAsync("", "VERDICT: approve", "VERDICT: revise");
        var prompt = Asking.Prompt("Why?") with { Schema = """{"type":"object"}""" };

        Assert.Equal("VERDICT: approve", (await asking.AskAsync(prompt)).Text);
        Assert.Equal("VERDICT: revise", (await asking.AskAsync(prompt)).Text);
        Assert.Equal([true, false, false], asking.Server.Chats.Select(request => request.Json!.ContainsKey("response_format")));
    }

    [Fact]
    public async Task A_form_filled_in_as_reasoning_is_the_answer()
    {
        await using var asking = await Asking.StartAsync(new FakeReply { Thought = "{\"verdict\":\"approve\"}" });

        var reply = await asking.AskAsync(Asking.Prompt("Why?") with { Schema = """{"type":"object"}""" });
        Assert.Equal("{\"verdict\":\"approve\"}", reply.Text);
    }

    [Fact]
    public async Task A_model_that_turns_in_circles_is_stopped()
    {
        const string line = "This is a line of more than forty characters.\n";
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Text = "Start.\n" + string.Concat(Enumerable.Repeat(line, 500)),
                Pieces = 7,
                Hang = true,
            }
        );

        var failed = await asking.FailAsync();

        Assert.Equal(ModelFault.Repetition, failed.Fault);
        Assert.InRange(asking.Heard.AllText.Length, line.Length * 5, line.Length * 8);
        await asking.Server.Chats.Single().Left.WaitAsync(Asking.Token);
    }

    [Fact]
    public async Task Circles_in_the_reasoning_are_circles_too()
    {
        var circles = string.Concat(Enumerable.Repeat("Wait, let me think about that once more. ", 40));
        await using var asking = await Asking.StartAsync(new FakeReply { Thought = circles, Hang = true });

        Assert.Equal(ModelFault.Repetition, (await asking.FailAsync()).Fault);
    }
}
