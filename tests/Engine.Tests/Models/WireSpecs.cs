using System.Text;
using CodexSidecar.Engine.Models;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

/// <summary>What servers send in place of what the protocol says, and what is made of it.</summary>
public sealed class WireSpecs
{
    private const string Hello = """data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}""";
    private const string Stop = """data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";

    public static TheoryData<string, string> Bodies =>
        new()
        {
            { "as it should be", $"{Hello}\n\n{Stop}\n\ndata: [DONE]\n\n" },
            { "no space behind the colon", $"{Hello}\n\n{Stop}\n\ndata: [DONE]\n\n".Replace("data: ", "data:") },
            { "no blank line between the messages", $"{Hello}\n{Stop}\ndata: [DONE]\n" },
            { "lines ended by CRLF", $"{Hello}\r\n\r\n{Stop}\r\n\r\ndata: [DONE]\r\n\r\n" },
            { "lines ended by CR", $"{Hello}\r\r{Stop}\r\rdata: [DONE]\r\r" },
            { "no [DONE]", $"{Hello}\n\n{Stop}\n\n" },
            { "no line break at the end", $"{Hello}\n\n{Stop}" },
            { "no finish_reason and no [DONE]", $"{Hello}\n\n" },
            { "comments to keep alive", $": ping\n\n{Hello}\n\n: ping\n\n{Stop}\n\n" },
            { "other fields", $"id: 1\nevent: message\n{Hello}\n\nretry: 3\n{Stop}\n\n" },
            { "message in place of delta", $"{Hello}\n\n{Stop}\n\n".Replace("\"delta\"", "\"message\"") },
            { "text in place of delta", """data: {"choices":[{"text":"Hello","finish_reason":"stop"}]}""" },
            {
                "content as parts",
                """data: {"choices":[{"delta":{"content":[{"type":"text","text":"Hel"},{"type":"text","text":"lo"}]},"finish_reason":"stop"}]}"""
            },
            {
                "content null, deltas empty, choices null",
                $"data: {{\"choices\":null}}\n\ndata: {{\"choices\":[]}}\n\ndata: "
                    + $"{{\"choices\":[{{\"delta\":{{\"content\":null}}}}]}}\n\ndata: {{}}\n\n{Hello}\n\n{Stop}\n\n"
            },
            { "a number as id", $"{Hello}\n\n{Stop}\n\n".Replace("{\"choices\"", "{\"id\":17,\"created\":\"now\",\"choices\"") },
            { "finish_reason eos", $"{Hello}\n\n{Stop}\n\n".Replace("\"stop\"", "\"eos\"") },
            { "finish_reason end_turn", $"{Hello}\n\n{Stop}\n\n".Replace("\"stop\"", "\"end_turn\"") },
            { "three broken messages", $"data: {{\"cho\n\ndata: oops\n\n{Hello}\n\ndata: }}\n\n{Stop}\n\n" },
            {
                "JSON in place of a stream",
                """{"choices":[{"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"""
            },
            { "JSON over several lines", "{\n \"choices\": [\n {\"message\":{\"content\":\"Hello\"}}\n ]\n}\n" },
            { "a mark before the stream", $"\uFEFF{Hello}\n\n{Stop}\n\n" },
        };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_reply_is_read_however_it_is_written(string how, string body)
    {
        Assert.NotEmpty(how);
        await using var asking = await Asking.StartAsync(new FakeReply { Body = body }, new FakeReply { Body = body, Pieces = 1 });

        Assert.Equal(("Hello", ReplyEnd.Stop), await TextAndEndAsync(asking));
        Assert.Equal(("Hello", ReplyEnd.Stop), await TextAndEndAsync(asking));
        Assert.Equal(2, asking.Server.Chats.Count);
    }

    [Theory]
    [InlineData("length")]
    [InlineData("max_tokens")]
    public async Task The_token_limit_has_several_names(string finish)
    {
        await using var asking = await Asking.StartAsync(new FakeReply { Text = "Hello", Finish = finish });

        Assert.Equal(("Hello", ReplyEnd.Length), await TextAndEndAsync(asking));
    }

    [Fact]
    public async Task An_unknown_reason_to_end_is_no_good_end()
    {
        await using var asking = await Asking.StartAsync(new FakeReply { Text = "Hello", Finish = "content_filter" });

        Assert.Equal(("Hello", ReplyEnd.Cut), await TextAndEndAsync(asking));
    }

    [Fact]
    public async Task An_end_without_a_word_is_believed_only_if_no_block_is_open()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Text = "a\n```\nb\n```\n",
                Finish = null,
                Done = false,
            },
            new FakeReply
            {
                Text = "<<<<<<< SEARCH\na\n=======\nb",
                Finish = null,
                Done = false,
            }
        );

        Assert.Equal(ReplyEnd.Stop, (await asking.AskAsync()).End);
        Assert.Equal(ReplyEnd.Length, (await asking.AskAsync()).End);
    }

    [Fact]
    public async Task A_character_cut_between_two_packets_arrives_whole()
    {
        const string text = "день 日本 🙂";
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Body = $"data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":\"stop\"}}]}}\n\n",
                Pieces = 1,
            }
        );

        Assert.Equal(text, (await asking.AskAsync()).Text);
    }

    [Fact]
    public async Task Usage_may_be_in_any_message_and_the_last_counts()
    {
        var body = $$$$"""
            data: {"usage":{"prompt_tokens":1,"completion_tokens":1}}
            {{{{Hello}}}}
            data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":"700","completion_tokens":20,"prompt_tokens_details":{"cached_tokens":600}}}
            """;
        await using var asking = await Asking.StartAsync(
            new FakeReply { Body = body },
            new FakeReply { Body = $"{Hello}\n{Stop[..^1]},\"timings\":{{\"cache_n\":600,\"prompt_n\":100,\"predicted_n\":20}}}}\n" }
        );

        Assert.Equal(new ModelUsage(700, 20, 600, 20, false) { TellsCache = true }, (await asking.AskAsync()).Usage);
        Assert.Equal(new ModelUsage(700, 20, 600, 20, false) { TellsCache = true }, (await asking.AskAsync()).Usage);
    }

    [Theory]
    [InlineData("reasoning_content")]
    [InlineData("reasoning")]
    public async Task Reasoning_in_a_field_of_its_own_is_no_text(string field)
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Text = "Hello",
                Thought = "let me see",
                ThoughtField = field,
            }
        );

        Assert.Equal(("Hello", ReplyEnd.Stop), await TextAndEndAsync(asking));
        Assert.Equal(("Hello", "let me see"), (asking.Heard.AllText, asking.Heard.AllThought));
    }

    [Theory]
    [InlineData("data: {\"error\":{\"message\":\"out of memory\"}}\n\n")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\ndata: {\"error\":\"out of memory\"}\n\n")]
    [InlineData("event: error\ndata: {\"message\":\"out of memory\"}\n\n")]
    [InlineData("event: error\ndata: out of memory\n\n")]
    [InlineData("{\"error\":{\"message\":\"out of memory\"}}")]
    public async Task An_error_inside_of_a_good_answer_is_an_error(string body)
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always(new FakeReply { Body = body }));

        var failed = await asking.FailAsync();

        Assert.Equal(
            (ModelFault.Broken, $"{asking.Server.BaseUrl} sent no usable reply: out of memory. Look at the server's log."),
            (failed.Fault, failed.Message)
        );
    }

    [Theory]
    [InlineData("data: a\n\ndata: b\n\ndata: c\n\ndata: d\n\n")]
    [InlineData("<html>Welcome</html>")]
    [InlineData("\u0000\u0001\uFFFF\n\n")]
    public async Task Rubbish_is_told_as_such(string body)
    {
        await using var asking = await Asking.StartAsync(FakeScript.Always(new FakeReply { Body = body }));

        Assert.Equal(ModelFault.Broken, (await asking.FailAsync()).Fault);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_do_no_harm()
    {
        byte[] bytes =
        [
            0xFF,
            0xFE,
            (byte)'\n',
            .. Encoding.UTF8.GetBytes("data: {\"choices\":[{\"delta\":{\"content\":\"a"),
            0xC3,
            .. Encoding.UTF8.GetBytes("b\"},\"finish_reason\":\"stop\"}]}\n\n"),
        ];
        await using var asking = await Asking.StartAsync(new FakeReply { Bytes = bytes });

        Assert.Equal("a\uFFFDb", (await asking.AskAsync()).Text);
    }

    [Fact]
    public async Task A_reply_of_50_MB_is_stopped()
    {
        // A text that is no repetition of itself within what the guard against circles looks at.
        var text = string.Concat(Enumerable.Range(0, 6000).Select(number => $"{number * 7919 % 100003} "));
        await using var asking = await Asking.StartAsync(
            FakeScript.Always(
                new FakeReply
                {
                    Text = text,
                    Repeat = 50_000_000 / text.Length,
                    Usage = null,
                }
            )
        );

        var failed = await asking.FailAsync();

        Assert.Equal(
            (ModelFault.TooLong, $"The reply of fake-model at {asking.Server.BaseUrl} was cut off: the reply is longer than 4 MiB."),
            (failed.Fault, failed.Message)
        );
        await asking.Server.Chats.Single().Left.WaitAsync(Asking.Token);
    }

    [Theory]
    [InlineData("data: ")]
    [InlineData("{")]
    public async Task A_line_without_end_is_stopped(string start)
    {
        await using var asking = await Asking.StartAsync(
            FakeScript.Always(new FakeReply { Body = start + new string('x', 3 << 20), Pieces = 50_000 })
        );

        var failed = await asking.FailAsync();

        Assert.Equal(ModelFault.TooLong, failed.Fault);
        Assert.Contains("one line of the reply is longer than 1024 KiB", failed.Message);
    }

    [Fact]
    public async Task Behind_the_end_nobody_waits_for_a_server_that_keeps_the_connection_open()
    {
        await using var asking = await Asking.StartAsync(
            new FakeReply
            {
                Text = "Hello",
                Done = false,
                Usage = null,
                Gates = new Dictionary<int, string> { [2] = "never" },
            }
        );
        var asked = asking.AskAsync();
        await asking.Time.SetAsync(TimeSpan.FromSeconds(2));
        asking.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(("Hello", ReplyEnd.Stop), ((await asked).Text, (await asked).End));
    }

    private static async Task<(string, ReplyEnd)> TextAndEndAsync(Asking asking) =>
        await asking.AskAsync() is var reply ? (reply.Text, reply.End) : default;
}
