using System.Text.Json;
using CodexSidecar.Engine.Models;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

/// <summary>A request that hears nothing: a server that works for somebody else is waited for, one that hangs is not.</summary>
public sealed class SilenceSpecs
{
    /// <summary>For a short prompt to a model of which nothing is measured, in memory and not.</summary>
    private static readonly TimeSpan FirstByteLimit = TimeSpan.FromSeconds(30),
        LoadingLimit = FirstByteLimit + TimeSpan.FromMinutes(5),
        BetweenLooks = TimeSpan.FromSeconds(30),
        LookLimit = TimeSpan.FromSeconds(10);

    private static readonly FakeReply Queued = new()
    {
        Text = "my turn",
        Gates = new Dictionary<int, string> { [-1] = "turn" },
    };

    public static TheoryData<string> Tellers => ["/slots", "/metrics", "/v1/loads", "/api/extra/perf"];

    [Theory]
    [MemberData(nameof(Tellers))]
    public async Task A_server_that_shows_its_work_for_others_is_waited_for(string page)
    {
        await using var asking = await Asking.StartAsync(FakeScript.InOrder(Queued) with { Quirk = Works(page) });

        var asked = asking.AskAsync();
        await PassAsync(asking, LoadingLimit);
        for (var minutes = 0; minutes < 30; minutes++)
        {
            await PassAsync(asking, BetweenLooks);
            await PassAsync(asking, BetweenLooks);
        }
        asking.Server.Open("turn");

        Assert.Equal("my turn", (await asked).Text);
        Assert.Single(asking.Server.Chats);
        Assert.Equal(
            $"Waiting for the model server: {asking.Server.BaseUrl} is there, but has not begun to answer: it may be at work for somebody "
                + "else. Waiting as long as it shows that it works.",
            Assert.Single(asking.Heard.Notices)
        );
    }

    [Fact]
    public async Task Nothing_is_waited_for_longer_than_a_run_may_take()
    {
        await using var asking = await Asking.StartAsync(FakeScript.InOrder(Queued, "ok") with { Quirk = Works("/slots") });

        var asked = asking.AskAsync();
        await PassAsync(asking, LoadingLimit);
        for (var silence = LoadingLimit; silence < TimeSpan.FromMinutes(45); silence += BetweenLooks)
        {
            await PassAsync(asking, BetweenLooks);
        }

        Assert.Equal("ok", (await asked).Text);
    }

    [Fact]
    public async Task Work_that_does_not_go_on_is_believed_for_ten_minutes()
    {
        var pages = ServerPages.LlamaCpp(8192).ToDictionary();
        pages["/slots"] = JsonElement.Parse(ServerPages.Slot(isProcessing: true, decoded: 7));
        await using var asking = await Asking.StartAsync(FakeScript.InOrder(Queued, "ok") with { Paths = pages });

        var asked = asking.AskAsync();
        await PassAsync(asking, FirstByteLimit);
        for (var looks = 0; looks < 20; looks++)
        {
            await PassAsync(asking, BetweenLooks);
        }

        Assert.Equal("ok", (await asked).Text);
        Assert.Equal(
            ["Waiting for the model server", "The model does not answer"],
            asking.Heard.Notices.Select(notice => notice.Split(':')[0])
        );
    }

    [Theory]
    [InlineData("Ollama")]
    [InlineData("LM Studio")]
    [InlineData("unknown")]
    public async Task A_server_that_is_there_and_tells_no_more_is_waited_for_a_while(string server)
    {
        var pages = server switch
        {
            "Ollama" => ServerPages.Ollama(8192),
            "LM Studio" => ServerPages.LmStudio(8192),
            _ => new Dictionary<string, JsonElement>(),
        };
        await using var asking = await Asking.StartAsync(FakeScript.InOrder(Queued) with { Paths = pages });

        var asked = asking.AskAsync();
        await PassAsync(asking, server == "unknown" ? LoadingLimit : FirstByteLimit);
        for (var looks = 0; looks < 8; looks++)
        {
            await PassAsync(asking, BetweenLooks);
        }
        asking.Server.Open("turn");

        Assert.Equal("my turn", (await asked).Text);
        Assert.Single(asking.Server.Chats);
    }

    [Fact]
    public async Task A_server_that_says_it_has_nothing_to_do_is_asked_once_more()
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always(Queued) with { Paths = ServerPages.LlamaCpp(8192) });

        var failing = asking.FailAsync();
        for (var times = 1; times <= 2; times++)
        {
            await asking.Server.ReceivedChatsAsync(times);
            await PassAsync(asking, FirstByteLimit);
        }

        Assert.Equal(
            (
                ModelFault.Timeout,
                $"fake-model at {asking.Server.BaseUrl} stopped answering: nothing came for 30 seconds. Look whether the server is "
                    + "overloaded or hangs."
            ),
            await failing is var failed ? (failed.Fault, failed.Message) : default
        );
        Assert.StartsWith("The model does not answer: ", Assert.Single(asking.Heard.Notices));
    }

    /// <summary>llama-server has its one model in memory when it tells the window; after a long rest it may have put it away.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_a_llama_server_that_sleeps_is_given_time_to_load(bool sleeps)
    {
        var pages = ServerPages.LlamaCpp(8192).ToDictionary();
        pages["/props"] = JsonElement.Parse(
            $$"""{"default_generation_settings":{"n_ctx":8192},"total_slots":1,"is_sleeping":{{(sleeps ? "true" : "false")}}}"""
        );
        pages["/slots"] = JsonElement.Parse(ServerPages.Slot(isProcessing: true, decoded: 7));
        await using var asking = await Asking.StartAsync(FakeScript.InOrder(Queued) with { Paths = pages });

        var asked = asking.AskAsync();
        await PassAsync(asking, sleeps ? LoadingLimit : FirstByteLimit);
        await PassAsync(asking, BetweenLooks);
        asking.Server.Open("turn");

        Assert.Equal("my turn", (await asked).Text);
        Assert.StartsWith("Waiting for the model server: ", Assert.Single(asking.Heard.Notices));
    }

    [Fact]
    public async Task A_server_of_a_known_kind_that_answers_nothing_at_all_hangs_and_is_not_asked_again()
    {
        var stopped = false;
        await using var asking = await Asking.StartAsync(
            FakeScript.Always("never said") with
            {
                Paths = ServerPages.Ollama(8192),
                Quirk = (_, reply) => stopped ? reply with { Gates = new Dictionary<int, string> { [-1] = "never" } } : reply,
            }
        );
        stopped = true;

        var failing = asking.FailAsync();
        await asking.Server.ReceivedChatsAsync(1);
        await PassAsync(asking, FirstByteLimit);
        await PassAsync(asking, LookLimit);

        Assert.Equal(
            (
                ModelFault.Timeout,
                $"fake-model at {asking.Server.BaseUrl} stopped answering: nothing came for 40 seconds, and nothing else that it is asked "
                    + "is answered. The server hangs or was stopped; start it again."
            ),
            await failing is var failed ? (failed.Fault, failed.Message) : default
        );
        Assert.Single(asking.Server.Chats);
    }

    [Fact]
    public async Task One_of_an_unknown_kind_may_serve_one_question_at_a_time_and_is_asked_once_more()
    {
        var stopped = false;
        await using var asking = await Asking.StartAsync(
            FakeScript.Always("never said") with
            {
                Quirk = (_, reply) => stopped ? reply with { Gates = new Dictionary<int, string> { [-1] = "never" } } : reply,
            }
        );
        stopped = true;

        var failing = asking.FailAsync();
        for (var times = 1; times <= 2; times++)
        {
            await asking.Server.ReceivedChatsAsync(times);
            await PassAsync(asking, LoadingLimit);
            await PassAsync(asking, LookLimit);
        }

        Assert.Equal(ModelFault.Timeout, (await failing).Fault);
        Assert.Equal(2, asking.Server.Chats.Count);
    }

    [Fact]
    public async Task A_reply_that_stands_still_on_a_server_that_hangs_is_not_begun_again()
    {
        var stopped = false;
        var half = new FakeReply
        {
            Text = "half",
            Finish = null,
            Usage = null,
            Done = false,
            Hang = true,
        };
        await using var asking = await Asking.StartAsync(
            FakeScript.Always(half) with
            {
                Paths = ServerPages.LmStudio(8192),
                Quirk = (request, reply) => stopped && request.Method == "GET" ? reply with { Hang = true, Body = null, Text = "" } : reply,
            }
        );
        stopped = true;

        var failing = asking.FailAsync();
        await asking.Heard.FirstText.Task;
        await PassAsync(asking, TimeSpan.FromSeconds(60));
        await PassAsync(asking, LookLimit);

        Assert.Contains("The server hangs or was stopped", (await failing).Message);
        Assert.Single(asking.Server.Chats);
    }

    private static async Task PassAsync(Asking asking, TimeSpan limit)
    {
        await asking.Time.SetAsync(limit);
        asking.Time.Advance(limit);
    }

    /// <summary>One page shows that work goes on: another one at each look.</summary>
    private static Func<FakeRequest, FakeReply, FakeReply> Works(string page)
    {
        var looks = 0;
        return (request, reply) =>
        {
            if (request.Path != page)
            {
                return reply;
            }
            var done = Interlocked.Increment(ref looks);
            return new()
            {
                Body = page switch
                {
                    "/slots" => ServerPages.Slot(isProcessing: true, decoded: done),
                    "/metrics" => ServerPages.Vllm(running: 1, generated: done)["/metrics"].GetString(),
                    "/v1/loads" => ServerPages.SgLang(running: 1)["/v1/loads"].GetRawText() + new string(' ', done),
                    _ => $$"""{"idle":0,"queue":1,"total_gens":{{done}}}""",
                },
            };
        };
    }
}
