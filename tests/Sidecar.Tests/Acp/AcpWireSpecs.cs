using System.Text;
using System.Text.Json;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Acp;

/// <summary>The rules of the line: what is bad costs that line and nothing else.</summary>
public sealed class AcpWireSpecs
{
    [Theory]
    [InlineData("{oops", -32700)]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"initialize\"}]", -32600)]
    [InlineData("42", -32600)]
    [InlineData("{\"a\":1}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"initialize\"}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"initialize\"}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":7}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"\"}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"session/cancel\",\"params\":3}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":9,\"error\":\"no\"}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"result\":1}", -32600)]
    [InlineData("{\"id\":9,\"method\":\"initialize\"}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":9,\"error\":{\"code\":99999999999,\"message\":\"no\"}}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":\"\\ud800\",\"method\":\"initialize\"}", -32700)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"\\ud800\"}", -32700)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"initialize\",\"traceparent\":5}", -32600)]
    public async Task A_malformed_line_is_answered_and_the_next_served(string line, int code)
    {
        await using var wire = new AcpLink();
        await wire.SendAsync(line);
        var answer = await wire.ReadAsync();
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("id").ValueKind);
        Assert.Equal(code, answer.GetProperty("error").GetProperty("code").GetInt32());
        Assert.True((await wire.InitializeAsync()).TryGetProperty("result", out _));
    }

    [Fact]
    public async Task JSON_deeper_than_64_is_no_JSON()
    {
        await using var wire = new AcpLink();
        await wire.SendAsync(new string('[', 70) + new string(']', 70));
        Assert.Equal(-32700, CodeOf(await wire.ReadAsync()));
        Assert.True((await wire.InitializeAsync()).TryGetProperty("result", out _));
    }

    /// <summary>A client may answer late, or twice.</summary>
    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":777,"result":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":"777","error":{"code":1,"message":"no"}}""")]
    public async Task An_answer_to_nothing_is_passed_over(string line)
    {
        await using var wire = new AcpLink();
        await wire.SendAsync(line);
        Assert.True((await wire.InitializeAsync()).TryGetProperty("result", out _));
        await wire.SendAsync(line);
        Assert.Equal(-32601, CodeOf(await wire.CallAsync("no/such", "{}")));
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_no_JSON()
    {
        await using var wire = new AcpLink();
        await wire.SendBytesAsync((byte[])[.. "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\""u8, 0xFF, .. "\"}\n"u8]);
        Assert.Equal(-32700, CodeOf(await wire.ReadAsync()));
        Assert.True((await wire.InitializeAsync()).TryGetProperty("result", out _));
    }

    [Fact]
    public async Task An_oversized_line_costs_no_memory()
    {
        await using var wire = new AcpLink();
        var piece = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
        var sending = Task.Run(
            async () =>
            {
                for (var i = 0; i < 64; i++)
                {
                    await wire.SendBytesAsync(piece);
                }
                await wire.SendAsync("");
            },
            TestContext.Current.CancellationToken
        );
        var answer = await wire.ReadAsync();
        Assert.Equal(
            (-32600, "line_too_long"),
            (CodeOf(answer), answer.GetProperty("error").GetProperty("data").GetProperty("kind").GetString())
        );
        await sending;
        Assert.True((await wire.InitializeAsync()).TryGetProperty("result", out _));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, 48 << 20);
    }

    [Fact]
    public async Task A_half_line_at_EOF_is_a_normal_end()
    {
        await using var wire = new AcpLink();
        await wire.SendBytesAsync("{\"jsonrpc\":\"2.0\",\"id\":1,\"meth"u8.ToArray());
        wire.Close();
        Assert.Equal(0, await wire.Face.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Blank_lines_CRLF_a_byte_order_mark_and_string_ids_are_normal()
    {
        await using var wire = new AcpLink();
        await wire.SendBytesAsync(new byte[] { 0xEF, 0xBB, 0xBF });
        await wire.SendAsync("""{"jsonrpc":"2.0","id":"ä-1","method":"initialize","params":{"protocolVersion":1}}""" + "\r");
        await wire.SendAsync("");
        await wire.SendAsync("\r");
        var answer = await wire.ReadAsync();
        Assert.Equal("ä-1", answer.GetProperty("id").GetString());
        Assert.Equal(1, answer.GetProperty("result").GetProperty("protocolVersion").GetInt32());
    }

    [Theory]
    [InlineData("session/new", """{"cwd":"/"}""")]
    [InlineData("no/such", "{}")]
    public async Task Nothing_works_before_initialize(string method, string parameters)
    {
        await using var wire = new AcpLink();
        Assert.Equal(-32600, CodeOf(await wire.CallAsync(method, parameters)));
        Assert.Equal(1, (await wire.InitializeAsync()).GetProperty("result").GetProperty("protocolVersion").GetInt32());
        Assert.Equal(-32600, CodeOf(await wire.InitializeAsync()));
    }

    [Fact]
    public async Task A_client_of_version_2_is_told_1()
    {
        await using var wire = new AcpLink();
        Assert.Equal(
            1,
            (await wire.CallAsync("initialize", """{"protocolVersion":2}"""))
                .GetProperty("result")
                .GetProperty("protocolVersion")
                .GetInt32()
        );
    }

    [Theory]
    [InlineData("no/such", "{}", -32601)]
    [InlineData("_codexSidecar/no/such", "{}", -32601)]
    [InlineData("session/new", "{}", -32602)]
    [InlineData("session/new", "null", -32602)]
    [InlineData("session/new", "[1]", -32602)]
    [InlineData("session/new", "7", -32602)]
    [InlineData("session/new", """{"cwd":7}""", -32602)]
    [InlineData("session/new", """{"cwd":"relative"}""", -32602)]
    [InlineData("session/new", """{"cwd":"/no/such/folder"}""", -32602)]
    [InlineData("authenticate", """{"methodId":"other"}""", -32602)]
    [InlineData("session/prompt", """{"sessionId":"s_none","prompt":[]}""", -32002)]
    [InlineData("session/prompt", """{"sessionId":"s_none","prompt":[{"type":"text"}]}""", -32602)]
    [InlineData("session/load", """{"sessionId":"s_none","cwd":"/","mcpServers":[]}""", -32002)]
    public async Task A_wrong_request_gets_its_code_and_no_internals(string method, string parameters, int code)
    {
        await using var wire = new AcpLink();
        await wire.InitializeAsync();
        var answer = await wire.CallAsync(method, parameters);
        Assert.Equal(code, CodeOf(answer));
        Assert.DoesNotContain("CodexSidecar", answer.GetRawText());
        Assert.DoesNotContain("System.", answer.GetRawText());
        Assert.DoesNotContain("   at ", answer.GetRawText());
    }

    [Fact]
    public async Task An_unknown_notification_gets_no_answer()
    {
        await using var wire = new AcpLink();
        await wire.InitializeAsync();
        await wire.SendAsync("""{"jsonrpc":"2.0","method":"no/such","params":{}}""");
        await wire.SendAsync("""{"jsonrpc":"2.0","method":"session/cancel","params":{"sessionId":"s_none"}}""");
        await wire.SendAsync("""{"jsonrpc":"2.0","method":"$/cancel_request","params":{"requestId":99}}""");
        await wire.CallAsync("authenticate", """{"methodId":"local"}""");
        Assert.Equal(2, wire.Lines.Count);
    }

    private static int CodeOf(JsonElement answer) => answer.GetProperty("error").GetProperty("code").GetInt32();
}
