using System.Text;
using System.Text.Json;
using CodexSidecar.Engine.Tools;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace CodexSidecar.McpClients;

/// <summary>
/// The SDK's client of one MCP server of the user's, over the streams of a program that the engine started in its sandbox. Here are the
/// limits of patience, and answers are read leniently: one tool or one part that the SDK's types refuse spoils no whole list or answer.
/// </summary>
/// <param name="input">What the server's program reads.</param>
/// <param name="output">What it writes. It has ended when the client is disposed of.</param>
internal sealed class ExtraClient(Stream input, Stream output, TimeProvider time) : IExtraClient
{
    private static readonly TimeSpan GreetPatience = TimeSpan.FromSeconds(10),
        CallPatience = TimeSpan.FromSeconds(60);
    private const int MostPages = 8;

    /// <summary>What the SDK puts before the words of a server's error.</summary>
    private const string Remote = "Request failed (remote): ";

    private Task<McpClient>? connecting;
    private string? gone;

    public async Task<IReadOnlyList<ExtraToolDescription>> GreetAsync(CancellationToken cancellationToken)
    {
        var transport = ExtraTransport.Over(input, output);
        var client = await AskAsync(
            over => connecting = McpClient.CreateAsync(transport, Options(), null, over),
            GreetPatience,
            cancellationToken
        );
        List<ExtraToolDescription> tools = [];
        var page = new ListToolsRequestParams();
        for (var pages = 0; page is not null && pages < MostPages; pages++)
        {
            var list = await AskAsync(over => Request(client, RequestMethods.ToolsList, page, over), GreetPatience, cancellationToken);
            if (Member(list, "tools") is not { ValueKind: JsonValueKind.Array } some)
            {
                throw new ExtraServerException("its list of tools cannot be read");
            }
            tools.AddRange(some.EnumerateArray().Select(Described));
            page = Text(list, "nextCursor") is { } next ? new() { Cursor = next } : null;
        }
        return tools;
    }

    public async Task<(bool Ok, string Text)> CallAsync(string tool, JsonElement input, CancellationToken cancellationToken)
    {
        var client = connecting is { IsCompletedSuccessfully: true }
            ? await connecting
            : throw new ExtraServerException(Volatile.Read(ref gone) ?? "it was not greeted");
        var arguments = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in input.EnumerateObject())
        {
            arguments[member.Name] = member.Value;
        }
        var call = new CallToolRequestParams { Name = tool, Arguments = arguments };
        var result = await AskAsync(over => Request(client, RequestMethods.ToolsCall, call, over), CallPatience, cancellationToken);
        var text = new StringBuilder();
        foreach (var part in Member(result, "content") is { ValueKind: JsonValueKind.Array } parts ? parts.EnumerateArray() : default)
        {
            text.Append(Text(part, "text") is { } words ? $"{words}\n" : $"[{Member(part, "type")} left out: no text]\n");
        }
        return (Member(result, "isError") is not { ValueKind: JsonValueKind.True }, text.Length == 0 ? "[nothing]\n" : text.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (connecting is not null)
        {
            await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (connecting.IsCompletedSuccessfully)
            {
                await (await connecting).DisposeAsync();
            }
        }
    }

    /// <summary>
    /// We offer nothing: no sampling, no roots, no questions to the user. No version is insisted on, since the SDK would refuse a server
    /// that answers with an older one. The limits of time are ours.
    /// </summary>
    private static McpClientOptions Options() =>
        new()
        {
            ClientInfo = new() { Name = "codex-sidecar", Version = "1" },
            Capabilities = new(),
            InitializationTimeout = Timeout.InfiniteTimeSpan,
            DiscoverProbeTimeout = Timeout.InfiniteTimeSpan,
        };

    private static Task<JsonElement> Request<T>(McpClient client, string method, T parameters, CancellationToken cancellationToken) =>
        client.SendRequestAsync<T, JsonElement>(method, parameters, cancellationToken: cancellationToken).AsTask();

    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, TimeSpan patience, CancellationToken cancellationToken)
    {
        if ((Volatile.Read(ref gone) ?? (connecting is { IsCompletedSuccessfully: true } ? Ended(await connecting) : null)) is { } why)
        {
            throw new ExtraServerException(why);
        }
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // Not only the token ends the waiting: a server that does not read holds the sending, which nothing interrupts.
            return await ask(over.Token).WaitAsync(patience, time, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await over.CancelAsync(); // The SDK tells the server, and nobody waits for that.
            throw;
        }
        catch (TimeoutException)
        {
            Volatile.Write(ref gone, $"it did not answer within {patience.TotalSeconds} seconds, and is not asked again");
            await over.CancelAsync();
            throw new ExtraServerException(gone);
        }
        catch (Exception fault)
            when (fault is McpException or JsonException or IOException or InvalidOperationException or OperationCanceledException)
        {
            throw new ExtraServerException(
                fault switch
                {
                    McpProtocolException => $"it says: {fault.Message.Replace(Remote, "", StringComparison.Ordinal)}",
                    McpException => fault.Message,
                    IOException or OperationCanceledException => "it has ended",
                    _ => "what it says cannot be read",
                }
            );
        }
    }

    private static string? Ended(McpClient client) => client.Completion.IsCompleted ? "it has ended" : null;

    private static ExtraToolDescription Described(JsonElement tool) =>
        new(Text(tool, "name") ?? "", Text(tool, "description") ?? "", Member(tool, "inputSchema") ?? default);

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
