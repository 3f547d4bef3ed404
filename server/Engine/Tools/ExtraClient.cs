using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using CodexSidecar.Engine.Processes;

namespace CodexSidecar.Engine.Tools;

/// <summary>A server does not do what the protocol says, has ended, or takes too long.</summary>
internal sealed class ExtraServerException(string message) : Exception(message);

/// <summary>
/// Our half of the Model Context Protocol towards one server of the user's: the greeting, the list of tools, calls. Written here, since the
/// library starts processes itself, outside of the sandbox. A server that once was silent too long is not asked again.
/// </summary>
internal sealed class ExtraClient : IAsyncDisposable
{
    private static readonly TimeSpan GreetPatience = TimeSpan.FromSeconds(10), CallPatience = TimeSpan.FromSeconds(60);
    private const int MostPages = 8;

    private readonly LineProgram program;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonElement>> waiting = new();
    private readonly Task reading;
    private string? gone;
    private long asked;

    public ExtraClient(LineProgram program, TimeProvider time)
    {
        (this.program, this.time) = (program, time);
        reading = ReadAsync();
    }

    /// <returns>Its tools as it describes them.</returns>
    /// <exception cref="ExtraServerException">It does not speak the protocol, or not in time.</exception>
    public async Task<IReadOnlyList<JsonElement>> GreetAsync(CancellationToken cancellationToken)
    {
        var hello = """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"codex-sidecar","version":"1"}}""";
        await AskAsync("initialize", hello, GreetPatience, cancellationToken);
        await SendAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", cancellationToken);
        List<JsonElement> tools = [];
        var page = "{}";
        for (var pages = 0; page is not null && pages < MostPages; pages++)
        {
            var list = await AskAsync("tools/list", page, GreetPatience, cancellationToken);
            tools.AddRange(Member(list, "tools") is { ValueKind: JsonValueKind.Array } some ? some.EnumerateArray() : throw new ExtraServerException("its list of tools cannot be read"));
            page = Member(list, "nextCursor") is { ValueKind: JsonValueKind.String } next ? $$"""{"cursor":{{next.GetRawText()}}}""" : null;
        }
        return tools;
    }

    /// <exception cref="ExtraServerException">It has ended, refuses the call, or takes too long.</exception>
    public async Task<(bool Ok, string Text)> CallAsync(string tool, JsonElement input, CancellationToken cancellationToken)
    {
        var result = await AskAsync("tools/call", $$"""{"name":"{{JsonEncodedText.Encode(tool)}}","arguments":{{OneLine(input)}}}""", CallPatience, cancellationToken);
        var text = new StringBuilder();
        foreach (var part in Member(result, "content") is { ValueKind: JsonValueKind.Array } parts ? parts.EnumerateArray() : default)
        {
            text.Append(Member(part, "text") is { ValueKind: JsonValueKind.String } words ? $"{words.GetString()}\n" : $"[{Member(part, "type")} left out: no text]\n");
        }
        return (Member(result, "isError") is not { ValueKind: JsonValueKind.True }, text.Length == 0 ? "[nothing]\n" : text.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await program.DisposeAsync();
        await reading;
    }

    private async Task<JsonElement> AskAsync(string method, string parameters, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (id, answer) = (Interlocked.Increment(ref asked), new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously));
        waiting[id] = answer;
        try
        {
            if (Volatile.Read(ref gone) is { } why)
            {
                throw new ExtraServerException(why);
            }
            // A server that does not read would hold the sending, too.
            return await SendAndWaitAsync().WaitAsync(patience, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _ = TellCancelledAsync(id, method);
            throw;
        }
        catch (TimeoutException)
        {
            _ = TellCancelledAsync(id, method);
            gone = $"it did not answer within {patience.TotalSeconds} seconds, and is not asked again";
            throw new ExtraServerException(gone);
        }
        finally
        {
            waiting.TryRemove(id, out _);
        }

        async Task<JsonElement> SendAndWaitAsync()
        {
            await SendAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""", cancellationToken);
            return await answer.Task;
        }
    }

    /// <summary>
    /// So that the server stops, too. It need not hear it, and nobody waits: a server that does not read is ended with the run.
    /// </summary>
    private async Task TellCancelledAsync(long id, string method)
    {
        try
        {
            // The greeting is the one request that may not be cancelled.
            if (method != "initialize")
            {
                var notice = $$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{{{id}}}}}""";
                await SendAsync(notice, CancellationToken.None);
            }
        }
        catch (ExtraServerException)
        {
        }
    }

    private async Task SendAsync(string message, CancellationToken cancellationToken)
    {
        try
        {
            await program.SendAsync(message, cancellationToken);
        }
        catch (IOException)
        {
            throw new ExtraServerException("it has ended");
        }
    }

    private async Task ReadAsync()
    {
        await foreach (var line in program.Lines.ReadAllAsync())
        {
            try
            {
                using var message = JsonDocument.Parse(line);
                await HearAsync(message.RootElement.Clone());
            }
            catch (Exception noise) when (noise is JsonException or ExtraServerException)
            {
                // Some print what they do where only the protocol belongs.
            }
        }
        Volatile.Write(ref gone, gone ?? "it has ended");
        foreach (var answer in waiting.Values)
        {
            answer.TrySetException(new ExtraServerException("it has ended"));
        }
    }

    private async Task HearAsync(JsonElement message)
    {
        var id = Member(message, "id");
        if (Member(message, "method") is { ValueKind: JsonValueKind.String } method)
        {
            // We offer nothing: no sampling, no roots, no questions to the user.
            if (id is { } request)
            {
                await SendAsync($$"""{"jsonrpc":"2.0","id":{{request.GetRawText()}},{{(method.ValueEquals("ping") ? "\"result\":{}" : "\"error\":{\"code\":-32601,\"message\":\"not offered\"}")}}}""", CancellationToken.None);
            }
        }
        else if (id is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var asked) && waiting.TryGetValue(asked, out var answer))
        {
            if (Member(message, "result") is { } result)
            {
                answer.TrySetResult(result);
            }
            else
            {
                answer.TrySetException(new ExtraServerException($"it says: {(Member(message, "error") is { } error ? Member(error, "message") : null)?.ToString() ?? "nothing that can be read"}"));
            }
        }
    }

    private static string OneLine(JsonElement input)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            input.WriteTo(writer);
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static JsonElement? Member(JsonElement element, string name) => element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;
}
