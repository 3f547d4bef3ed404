using CodexSidecar.Engine.Models;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

/// <summary>Failures that pass, in the words of the servers, with a status of their own and inside a reply that began with 200.</summary>
public sealed class PassingErrorSpecs
{
    private static readonly Dictionary<string, ServerError> Passing = new()
    {
        ["llama.cpp's 500"] = new(Servers.LlamaCpp, 500, "server_error", "Compute error."),
        ["llama.cpp's cache is full"] = ServerErrors.CacheFull,
        ["llama.cpp cannot decode"] = ServerErrors.DecodeFailed,
        ["llama.cpp is loading"] = ServerErrors.Loading,
        ["llama.cpp cannot parse"] = ServerErrors.ParseFailed,
        ["llama.cpp misses its format"] = ServerErrors.FormatMissed,
        ["vLLM's engine"] = ServerErrors.VllmEngineDead,
        ["SGLang's queue is full"] = ServerErrors.SgLangQueueFull,
        ["LM Studio crashed"] = ServerErrors.StudioCrashed,
        ["LM Studio unloaded its model"] = ServerErrors.StudioUnloaded,
        ["LM Studio could not load it"] = ServerErrors.StudioLoadFailed,
        ["Ollama is busy"] = ServerErrors.OllamaBusy,
        ["Ollama's runner stopped"] = ServerErrors.OllamaRunnerStopped,
    };

    public static TheoryData<string> Names => [.. Passing.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task As_a_refusal_it_is_tried_again(string name)
    {
        await using var asking = await StartAsync(Passing[name], Passing[name].Refused, "ok");

        Assert.Equal("ok", (await asking.AskAsync()).Text);
        Assert.Equal(2, asking.Server.Chats.Count);
        Assert.Equal("fake-model has learnt nothing", Learnt(asking));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Before_the_first_text_of_a_stream_nobody_hears_of_it(string name)
    {
        await using var asking = await StartAsync(Passing[name], Passing[name].Streamed(), "ok");

        Assert.Equal("ok", (await asking.AskAsync()).Text);
        Assert.Equal("ok", asking.Heard.AllText);
        Assert.Equal("fake-model has learnt nothing", Learnt(asking));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Behind_some_text_the_reply_is_begun_again(string name)
    {
        await using var asking = await StartAsync(Passing[name], Passing[name].Streamed("half a"), "whole");

        Assert.Equal(("whole", ReplyEnd.Stop), await asking.AskAsync() is var reply ? (reply.Text, reply.End) : default);
        Assert.StartsWith("The reply broke off: ", asking.Heard.Notices[0]);
        Assert.Equal(2, asking.Server.Chats.Count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_is_handed_on_at_once_cannot_begin_again(string name)
    {
        await using var asking = await StartAsync(Passing[name], Passing[name].Streamed("half a"), "whole");

        await asking.FailAsync(Asking.Prompt("Why?") with { GoesOut = true });

        Assert.Single(asking.Server.Chats);
    }

    [Theory]
    [InlineData("""{"error":{"message":"no","code":"503"}}""", true)]
    [InlineData("""{"error":{"message":"no","code":"rate_limit_error"}}""", true)]
    [InlineData("""{"error":{"message":"no","type":"overloaded_error"}}""", true)]
    [InlineData("""{"error":{"message":"litellm.ServerError: {\"error\":{\"message\":\"no\",\"code\":500}}","code":"400"}}""", true)]
    [InlineData("""{"object":"error","message":"no","code":502}""", true)]
    [InlineData("""{"error":"no"}""", true)]
    [InlineData("""{"error":{"message":"no","code":400}}""", false)]
    [InlineData("""{"error":{"message":"no","code":"401"}}""", false)]
    [InlineData("""{"error":{"message":"no","type":"not_found_error"}}""", false)]
    [InlineData("""{"error":{"message":"{\"error\":{\"code\":400,\"message\":\"no\"}}","type":"invalid_request_error"}}""", false)]
    public async Task The_error_of_a_stream_stands_for_the_status_it_names(string error, bool passes)
    {
        await using var asking = await Asking.StartAsync(new FakeReply { Body = $"data: {error}\n\n" }, "ok");

        if (passes)
        {
            Assert.Equal("ok", (await asking.AskAsync()).Text);
        }
        else
        {
            Assert.Contains(": no)", (await asking.FailAsync()).Message);
        }
        Assert.Equal(passes ? 2 : 1, asking.Server.Chats.Count);
    }

    [Fact]
    public async Task A_whole_answer_that_is_an_error_counts_like_its_status_too()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply { Body = """{"error":{"code":500,"message":"Compute error.","type":"server_error"}}""" },
            "ok"
        );

        Assert.Equal("ok", (await asking.AskAsync()).Text);
        Assert.Contains("500: Compute error; try 2 of 4", Assert.Single(asking.Heard.Notices));
    }

    [Fact]
    public async Task An_error_before_any_text_is_tried_four_times_and_told_like_its_status()
    {
        var error = new ServerError(Servers.LlamaCpp, 500, "server_error", "Compute error.");
        await using var asking = await Asking.StartAsync(FakeScript.Always(error.Streamed()));

        var failed = await asking.FailAsync();

        Assert.Equal(
            (ModelFault.Broken, $"{asking.Server.BaseUrl} failed each time (500: Compute error). Look at the server's log."),
            (failed.Fault, failed.Message)
        );
        Assert.Equal(4, asking.Server.Chats.Count);
    }

    [Fact]
    public async Task An_error_behind_text_is_tried_four_times_in_all()
    {
        await using var asking = await Asking.StartAsync(
            FakeScript.Always(new ServerError(Servers.Vllm, 500, "InternalServerError", "oops").Streamed("half"))
        );

        Assert.Equal(ModelFault.Broken, (await asking.FailAsync()).Fault);
        Assert.Equal(4, asking.Server.Chats.Count);
    }

    [Fact]
    public async Task An_error_that_servers_sent_as_a_field_of_its_own_is_one()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Body = "data: {\"choices\":[{\"delta\":{\"content\":\"ha\"}}]}\n\nerror: {\"code\":500,\"message\":\"slot died\"}\n\n",
            },
            "whole"
        );

        Assert.Equal("whole", (await asking.AskAsync()).Text);
    }

    [Fact]
    public async Task Where_the_end_is_always_told_a_stream_without_one_is_broken()
    {
        await using var asking = await Asking.StartAsync(
            FakeScript.Always(ServerErrors.OllamaRunnerStopped.Streamed("half a sentence")) with
            {
                Paths = ServerPages.Ollama(8192),
            }
        );

        var failed = await asking.FailAsync();

        Assert.Equal(ModelFault.Broken, failed.Fault);
        Assert.Contains("without a word about why", failed.Message);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("in the stream")]
    [InlineData("behind text")]
    public async Task Words_the_server_cannot_read_are_asked_for_with_another_seed(string how)
    {
        var bad = new HashSet<string>();
        await using var asking = await Asking.StartAsync(
            FakeScript.Always("plain words") with
            {
                // The same request always brings the same words; this model wants to call a tool until it is told not to.
                Quirk = (request, reply) =>
                    request.Path != "/v1/chat/completions" || request.LastUserText.Contains("no tool tags", StringComparison.Ordinal)
                        ? reply
                        : Failing(bad, request, how),
            }
        );

        Assert.Equal("plain words", (await asking.AskAsync()).Text);
        Assert.Equal([7, 8, 9, 10], asking.Server.Chats.Select(chat => (int)chat.Json!["seed"]!));
        Assert.Equal(4, bad.Count + 1);
    }

    [Fact]
    public async Task A_server_that_can_read_none_of_them_is_told_as_such()
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always(ServerErrors.FormatMissed.Refused));

        var failed = await asking.FailAsync();

        Assert.Equal(ModelFault.Broken, failed.Fault);
        Assert.Contains("could not read what fake-model wrote", failed.Message);
        Assert.Contains("Look at the chat template and the tool parser", failed.Message);
        Assert.Equal(4, asking.Server.Chats.Count);
    }

    [Fact]
    public async Task A_full_queue_is_waited_for_longer_than_a_failure()
    {
        var full = Enumerable.Repeat(ServerErrors.SgLangQueueFull.Streamed(), 50);
        await using var asking = await Asking.StartAsync([.. full, "my turn"]);

        Assert.Equal("my turn", (await asking.AskAsync()).Text);
        Assert.StartsWith("The model server is busy: ", Assert.Single(asking.Heard.Notices));
    }

    [Fact]
    public async Task After_ten_minutes_a_queue_is_full_for_good()
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always(ServerErrors.OllamaBusy.Refused));

        var failed = await asking.FailAsync();

        Assert.Equal(ModelFault.Broken, failed.Fault);
        Assert.Contains("is busy with other work (503: server busy, please try again. maximum pending requests exceeded)", failed.Message);
        Assert.InRange(asking.Time.Skipped.Sum(wait => wait.TotalMinutes), 9, 11);
    }

    [Fact]
    public async Task A_bare_503_is_waited_for_while_the_server_shows_its_work()
    {
        var busy = new FakeReply { Status = 503, Text = "not now" };
        await using var asking = await Asking.StartAsync(
            FakeScript.InOrder([.. Enumerable.Repeat(busy, 30), "my turn"]) with
            {
                Paths = ServerPages.Vllm(running: 3, generated: 100),
                Models = ServerPages.Models("vllm", 8192),
            }
        );

        Assert.Equal("my turn", (await asking.AskAsync()).Text);
    }

    [Fact]
    public async Task Where_two_prompts_do_not_fit_at_once_ours_waits_for_the_other_and_nothing_is_learnt()
    {
        var looks = 0;
        await using var asking = await Asking.StartAsync(
            FakeScript.InOrder([ServerErrors.CacheFull.Streamed(), ServerErrors.DecodeFailed.Refused, "my turn"]) with
            {
                Paths = ServerPages.LlamaCpp(8192),
                Quirk = (request, reply) =>
                    request.Path == "/slots"
                        ? new() { Body = ServerPages.Slot(isProcessing: Interlocked.Increment(ref looks) % 5 != 0, decoded: looks) }
                        : reply,
            }
        );

        Assert.Equal("my turn", (await asking.AskAsync(new string('a', 9000))).Text);
        Assert.Equal(10, looks);
        Assert.Equal(8192, asking.Connection.Profile.Window);
        Assert.Contains("has no room for two prompts at the same time", asking.Heard.Notices[0]);
    }

    [Fact]
    public async Task Work_that_stands_still_is_not_waited_for()
    {
        var pages = ServerPages.LlamaCpp(8192).ToDictionary();
        pages["/slots"] = System.Text.Json.JsonElement.Parse(ServerPages.Slot(isProcessing: true, decoded: 7));
        await using var asking = await Asking.StartAsync(
            FakeScript.InOrder(ServerErrors.CacheFull.Streamed(), "my turn") with
            {
                Paths = pages,
            }
        );

        Assert.Equal("my turn", (await asking.AskAsync()).Text);
        Assert.InRange(asking.Time.Skipped.Sum(wait => wait.TotalSeconds), 30, 31);
    }

    [Fact]
    public async Task What_never_passes_is_tried_with_less_text_where_there_is_much_of_it()
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always(ServerErrors.StudioCrashed.Refused));

        var small = await asking.FailAsync();
        var large = await asking.FailAsync(Asking.Prompt(new string('a', 9000)));

        Assert.Equal((ModelFault.Broken, ModelFault.Context), (small.Fault, large.Fault));
        Assert.Contains("The model has crashed without additional information", large.Message);
        Assert.Contains("The prompt may be too long", large.Message);
        Assert.Equal(8, asking.Server.Chats.Count);
        Assert.Equal(4096, asking.Connection.Profile.Window);
        Assert.Equal("fake-model has learnt nothing", Learnt(asking));
    }

    private static FakeReply Failing(HashSet<string> bad, FakeRequest request, string how)
    {
        Assert.True(bad.Add(request.Body), "The same question again.");
        return how switch
        {
            "refused" => ServerErrors.ParseFailed.Refused,
            "in the stream" => ServerErrors.FormatMissed.Streamed(),
            _ => ServerErrors.FormatMissed.Streamed("<tool_call>"),
        };
    }

    [Fact]
    public async Task A_model_that_cannot_be_loaded_is_told_as_such()
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always(ServerErrors.StudioLoadFailed.Refused));

        var failed = await asking.FailAsync();

        Assert.Equal(
            (
                ModelFault.Broken,
                $"{asking.Server.BaseUrl} could not load fake-model (400: Failed to load model \"gpt-oss-20b\". "
                    + "Error: Error loading model). Look whether it fits into memory beside what else is loaded."
            ),
            (failed.Fault, failed.Message)
        );
        Assert.Equal(4, asking.Server.Chats.Count);
    }

    /// <summary>All later requests are as the first one was.</summary>
    private static string Learnt(Asking asking) =>
        asking.Server.Chats.Select(chat => string.Join(' ', chat.Json!.Select(field => field.Key))).Distinct().Count() == 1
        && asking.Connection.Profile.Window == 4096
            ? "fake-model has learnt nothing"
            : "something";

    private static Task<Asking> StartAsync(ServerError error, params IReadOnlyList<FakeReply> replies)
    {
        // Ollama says nothing of its error in a stream: its kind has to be known.
        var script = FakeScript.InOrder(replies);
        return Asking.StartAsync(error.Server == Servers.Ollama ? script with { Paths = ServerPages.Ollama(4096) } : script);
    }
}
