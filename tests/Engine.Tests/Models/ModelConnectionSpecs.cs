using CodexSidecar.Engine.Models;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

public sealed class ModelConnectionSpecs
{
    private const string NoUsage =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"1234567890\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

    [Fact]
    public async Task A_question_is_answered_piece_by_piece()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Text = "Because it is so.",
                Pieces = 3,
                Usage = new(900, 5, 800),
            }
        );

        var reply = await asking.AskAsync();

        Assert.Equal(("Because it is so.", ReplyEnd.Stop), (reply.Text, reply.End));
        Assert.Equal(new ModelUsage(900, 5, 800, 20, Estimated: false) { TellsCache = true }, reply.Usage);
        Assert.Equal("Because it is so.", asking.Heard.AllText);
        Assert.Equal("waiting", asking.Heard.Phases[0]);
        Assert.StartsWith("decode", asking.Heard.Phases[1]);
        Assert.Equal($"fake-model at {asking.Server.BaseUrl}", asking.Connection.Profile.Display);
    }

    [Fact]
    public async Task The_request_says_what_every_server_understands()
    {
        await using var asking = await Asking.StartAsync("ok", "ok");

        await asking.AskAsync(Asking.Prompt("Why?", maxOutputTokens: 77));
        await asking.AskAsync(Asking.Prompt("Why?", maxOutputTokens: 77));

        // The first has room to think beside it: who thinks shows only in a reply.
        var sent = asking.Server.Chats[1];
        Assert.Equal(
            """{"model":"fake-model","temperature":0.2,"max_tokens":77,"stream":true,"seed":7,"stream_options":{"include_usage":true}}""",
            Sorted(sent)
        );
        Assert.Equal([new("system", "You are careful."), new("user", "Why?")], sent.Messages);
        Assert.Equal("codex-sidecar", sent.Headers["User-Agent"]);
        Assert.True(sent.HasKey("none"));
        // Nothing of the machine, the runtime or the package.
        Assert.Equal(
            ["accept", "authorization", "content-length", "content-type", "host", "user-agent"],
            sent.Headers.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal(("application/json", "application/json"), (sent.Headers["Accept"], sent.Headers["Content-Type"]));
    }

    [Fact]
    public async Task A_piece_is_heard_before_the_next_one_is_sent()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Text = "one two ",
                Pieces = 4,
                Gates = new Dictionary<int, string> { [1] = "second" },
            }
        );

        var asked = asking.AskAsync();
        await asking.Heard.FirstText.Task;
        Assert.Equal("one ", asking.Heard.AllText);
        asking.Server.Open("second");

        Assert.Equal("one two ", (await asked).Text);
    }

    [Fact]
    public async Task Without_usage_the_tokens_are_estimated()
    {
        await using var asking = await Asking.StartAsync(new FakeReply { Body = NoUsage });

        var reply = await asking.AskAsync();

        // (16 + 4 ASCII letters) / 3.3 + 4 for each of the two messages; 10 / 3.3.
        Assert.Equal(new ModelUsage(15, 4, 0, 20, Estimated: true), reply.Usage);
    }

    [Fact]
    public async Task The_estimate_learns_from_what_the_server_counts()
    {
        await using var asking = await Asking.StartAsync(new FakeReply { Text = "ok", Usage = new(3000, 1) });
        var before = asking.Connection.Estimate(new string('a', 3300));

        await asking.AskAsync(new string('a', 4950));

        Assert.Equal(1000, before);
        // The server counts 3000 where 1513 were estimated, so 30 % of the way to almost twice as much.
        Assert.InRange(asking.Connection.Estimate(new string('a', 3300)), 1290, 1300);
    }

    [Fact]
    public async Task A_reply_at_the_token_limit_is_not_taken_for_complete()
    {
        await using var asking = await Asking.StartAsync(
            "It answers without thinking first.",
            new FakeReply { Text = "It", Finish = "length" },
            new FakeReply { Text = "It", Usage = new(20, 999) },
            "```\ncode without an end",
            "```\ncode\n```\n"
        );

        await asking.AskAsync();
        Assert.Equal(ReplyEnd.Length, (await asking.AskAsync()).End);
        Assert.Equal(ReplyEnd.Length, (await asking.AskAsync()).End);
        Assert.Equal(ReplyEnd.Length, (await asking.AskAsync()).End);
        Assert.Equal(ReplyEnd.Stop, (await asking.AskAsync()).End);
    }

    [Theory]
    [InlineData("README.md\n<<<<<<< SEARCH\n```\nrun\n=======\n```sh\nrun\n>>>>>>> REPLACE")]
    [InlineData("a.py\n```python\n\"\"\"Like this:\n```python\na()\n```\n\"\"\"\n```\n")]
    public async Task A_reply_whose_text_has_fences_of_its_own_is_complete(string text)
    {
        await using var asking = await Asking.StartAsync(text);

        Assert.Equal(ReplyEnd.Stop, (await asking.AskAsync()).End);
    }

    [Fact]
    public async Task Cancelling_closes_the_connection()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Text = "first",
                Hang = true,
                Finish = null,
                Usage = null,
                Done = false,
            }
        );
        using var cancel = new CancellationTokenSource();
        var asked = asking.Connection.AskAsync(Asking.Prompt("Why?"), asking.Heard, cancel.Token);
        await asking.Heard.FirstText.Task;

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await asking.Server.Chats.Single().Left.WaitAsync(Asking.Token);
    }

    [Fact]
    public async Task Cancelling_before_the_first_byte_closes_the_connection_too()
    {
        await using var asking = await Asking.StartAsync(new FakeReply { Gates = new Dictionary<int, string> { [-1] = "never" } });
        using var cancel = new CancellationTokenSource();
        var asked = asking.Connection.AskAsync(Asking.Prompt("Why?"), asking.Heard, cancel.Token);
        await asking.Server.ReachedAsync("never");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await asking.Server.Chats.Single().Left.WaitAsync(Asking.Token);
    }

    [Fact]
    public async Task A_schema_goes_along_as_it_is_written()
    {
        const string schema = """{"type":"object","properties":{"a":{"type":"integer"},"optional":{"type":"string"}},"required":["a"]}""";
        await using var asking = await Asking.StartAsync("{\"a\":1}");

        await asking.AskAsync(Asking.Prompt("Why?") with { Schema = schema });

        Assert.Equal(
            $$$"""{"type":"json_schema","json_schema":{"name":"answer","schema":{{{schema}}}}}""",
            asking.Server.Chats.Single().Json!["response_format"]!.ToJsonString()
        );
    }

    private static string Sorted(FakeRequest request)
    {
        var json = request.Json!.DeepClone().AsObject();
        json.Remove("messages");
        string[] order = ["model", "temperature", "max_tokens", "stream", "seed", "stream_options"];
        var sorted = json.OrderBy(field => Array.IndexOf(order, field.Key))
            .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()));
        return new System.Text.Json.Nodes.JsonObject(sorted).ToJsonString();
    }
}
