using System.Text.Json;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.McpClients;

/// <summary>
/// Servers that hang or do as they like: nobody waits for them longer than promised, and little of what they say spoils the rest.
/// </summary>
public sealed class ExtraClientSpecs : IDisposable
{
    private static readonly TimeSpan GreetPatience = TimeSpan.FromSeconds(10),
        CallPatience = TimeSpan.FromSeconds(60);

    private const string EndsWhenCancelled = "on = ({ method }) => method === 'notifications/cancelled' && process.exit(0);";

    private readonly TemporaryFolder folder = new();
    private readonly FakeTime time = new();

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("process.stdin.resume();")]
    [InlineData("setInterval(() => {}, 1e9);")]
    [InlineData("setInterval(() => console.log('x'.repeat(1000)), 1);")]
    [InlineData("setInterval(() => console.log('{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"roots/list\"}'), 1);")]
    public async Task A_server_that_hangs_is_given_up_after_ten_seconds_and_not_asked_again(string script)
    {
        await using var server = ServerProgram.Running(script, folder.Path, time);
        var greeting = server.Client.GreetAsync(Patience);
        await time.SetAsync(GreetPatience);
        Assert.False(greeting.IsCompleted);
        time.Advance(GreetPatience);
        var fault = await Assert.ThrowsAsync<ExtraServerException>(() => greeting);
        Assert.Equal("it did not answer within 10 seconds, and is not asked again", fault.Message);
        Assert.Equal(fault.Message, (await Assert.ThrowsAsync<ExtraServerException>(() => CallAsync(server, Patience))).Message);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_is_cancelled_at_the_server_too()
    {
        await using var server = ServerProgram.Speaking(EndsWhenCancelled, folder.Path, time);
        await server.Client.GreetAsync(Patience);
        using var cancel = new CancellationTokenSource();

        var calling = CallAsync(server, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);

        await EndedOfTheCancelledCallAsync(server);
    }

    [Fact]
    public async Task A_call_that_takes_too_long_is_cancelled_at_the_server_and_nothing_is_asked_of_it_any_more()
    {
        await using var server = ServerProgram.Speaking(EndsWhenCancelled, folder.Path, time);
        await server.Client.GreetAsync(Patience);

        var calling = CallAsync(server, Patience);
        await time.SetAsync(CallPatience);
        time.Advance(CallPatience);
        var fault = await Assert.ThrowsAsync<ExtraServerException>(() => calling);
        Assert.Equal("it did not answer within 60 seconds, and is not asked again", fault.Message);

        await EndedOfTheCancelledCallAsync(server);
        Assert.Equal(fault.Message, (await Assert.ThrowsAsync<ExtraServerException>(() => CallAsync(server, Patience))).Message);
    }

    [Fact]
    public async Task A_server_that_has_ended_is_known_to_have()
    {
        const string Ends = "on = ({ method }) => method === 'tools/call' && process.exit(0);";
        await using var server = ServerProgram.Speaking(Ends, folder.Path, time);
        await server.Client.GreetAsync(Patience);
        for (var call = 0; call < 2; call++)
        {
            Assert.Equal("it has ended", (await Assert.ThrowsAsync<ExtraServerException>(() => CallAsync(server, Patience))).Message);
        }
    }

    [Fact]
    public async Task The_greeting_comes_first_and_offers_nothing()
    {
        await using var server = ServerProgram.Speaking("", folder.Path, time);
        await server.Client.GreetAsync(Patience);
        var told = Told().ToList();
        Assert.Equal(["initialize", "notifications/initialized", "tools/list"], told.Select(Method));
        Assert.Equal(
            """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"codex-sidecar","version":"1"}}""",
            told[0].GetProperty("params").GetRawText()
        );
    }

    [Fact]
    public async Task A_server_of_an_older_version_is_used()
    {
        const string Old = """
            const { initialize } = answers;
            answers.initialize = (params) => ({ ...initialize(params), protocolVersion: '2024-11-05' });
            """;
        await using var server = ServerProgram.Speaking(Old, folder.Path, time);
        Assert.Empty(await server.Client.GreetAsync(Patience));
    }

    [Fact]
    public async Task What_a_server_asks_is_answered_with_no_but_a_ping()
    {
        // Its list comes when it has all four answers.
        const string Asks = """
            const asks = ['ping', 'roots/list', 'sampling/createMessage', 'elicitation/create'];
            delete answers['tools/list'];
            let told = 0, list;
            on = ({ id, method }) => {
              if (method === 'notifications/initialized') asks.forEach((method) => send({ id: method, method, params: {} }));
              else if (method === 'tools/list') list = id;
              else if (!method) told++;
              if (list !== undefined && told === asks.length) send({ id: list, result: { tools: [] } });
            };
            """;
        await using var server = ServerProgram.Speaking(Asks, folder.Path, time);
        await server.Client.GreetAsync(Patience);
        var answers = Told().Where(message => Method(message) is null).ToDictionary(message => message.GetProperty("id").GetString()!);
        Assert.Equal("{}", answers["ping"].GetProperty("result").GetRawText());
        Assert.Equal(["elicitation/create", "roots/list", "sampling/createMessage"], answers.Keys.Where(name => name != "ping").Order());
        Assert.All(answers.Where(answer => answer.Key != "ping"), answer => Assert.Equal(-32601, Code(answer.Value)));
    }

    [Fact]
    public async Task A_tool_or_a_part_that_is_not_as_the_protocol_says_does_not_spoil_the_others()
    {
        const string Loose = """
            answers['tools/list'] = () => ({ tools: [{ name: 'bare' }, 7, { name: 'odd', inputSchema: 'none' }] });
            answers['tools/call'] = () => ({ content: [{ type: 'smell', of: 'roses' }, { type: 'text', text: 'words' }] });
            """;
        await using var server = ServerProgram.Speaking(Loose, folder.Path, time);
        Assert.Equal(["bare", "", "odd"], (await server.Client.GreetAsync(Patience)).Select(tool => tool.Name));
        Assert.Equal((true, "[smell left out: no text]\nwords\n"), await CallAsync(server, Patience));
    }

    [Fact]
    public async Task At_most_eight_pages_of_tools_are_read()
    {
        const string Endless = "answers['tools/list'] = () => ({ tools: [{ name: 'more' }], nextCursor: 'more' });";
        await using var server = ServerProgram.Speaking(Endless, folder.Path, time);
        Assert.Equal(8, (await server.Client.GreetAsync(Patience)).Count);
    }

    private static Task<(bool Ok, string Text)> CallAsync(ServerProgram server, CancellationToken cancellationToken) =>
        server.Client.CallAsync("look", JsonElement.Parse("{}"), cancellationToken);

    private static string? Method(JsonElement message) => message.TryGetProperty("method", out var method) ? method.GetString() : null;

    private static int Code(JsonElement answer) => answer.GetProperty("error").GetProperty("code").GetInt32();

    private IEnumerable<JsonElement> Told() =>
        folder.Read("told").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line));

    /// <summary>It ends when it hears so.</summary>
    private async Task EndedOfTheCancelledCallAsync(ServerProgram server)
    {
        await server.EndedAsync(Patience);
        var told = Told().ToList();
        var call = told.Single(message => Method(message) == "tools/call").GetProperty("id").GetInt32();
        var notice = told.Single(message => Method(message) == "notifications/cancelled").GetProperty("params");
        Assert.Equal(call, notice.GetProperty("requestId").GetInt32());
    }
}
