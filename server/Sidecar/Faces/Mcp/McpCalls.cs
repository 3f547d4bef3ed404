using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.State;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace CodexSidecar.Faces.Mcp;

/// <summary>Answers the two requests that matter, tools/list and tools/call, for whichever transport they come by.</summary>
/// <param name="terms">What holds for the call that is just made.</param>
/// <param name="over">Cancelled when the client has gone: every call ends.</param>
internal sealed class McpCalls(SidecarHome home, Func<RunSettings> terms, TimeProvider time, Action<string>? log, CancellationToken over)
{
    private readonly ConcurrentDictionary<Task, bool> running = new();

    /// <summary>The answer to a question where nobody can be asked; null: no.</summary>
    public Func<PermissionAsked, Answer>? Unasked { get; init; }

    public McpServerOptions Options() =>
        new()
        {
            ServerInfo = McpTools.Server,
            ServerInstructions = McpTools.Instructions,
            Handlers = new() { ListToolsHandler = ListAsync, CallToolHandler = CallAsync },
        };

    public ValueTask<ListToolsResult> ListAsync(RequestContext<ListToolsRequestParams> request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ListToolsResult { Tools = [.. McpTools.All] });

    public async ValueTask<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var call = AnswerAsync(request, cancellationToken);
        running[call] = true;
        try
        {
            return await call;
        }
        finally
        {
            running.TryRemove(call, out _);
        }
    }

    /// <summary>When no call is under way any more.</summary>
    public Task EndedAsync() =>
        Task.WhenAll(running.Keys).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private async Task<CallToolResult> AnswerAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var name = request.Params?.Name ?? "";
        if (!McpTools.Has(name))
        {
            throw new McpProtocolException(
                $"There is no tool '{name}'; the tools are {string.Join(", ", McpTools.All.Select(tool => tool.Name))}.",
                McpErrorCode.InvalidParams
            );
        }
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over);
        var input = Object(request.Params?.Arguments);
        try
        {
            return name == McpTools.Solve
                ? await new McpSolving(home, terms(), time, Unasked).RunAsync(request, input, ends.Token)
                : await ToolAsync(request, name, input, ends.Token);
        }
        catch (UsageException refused)
        {
            return McpMapping.Refused(refused.Message);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            var id = Guid.NewGuid().ToString("n")[..8];
            log?.Invoke($"{id} {fault}");
            return McpMapping.Refused($"Something went wrong inside Codex Sidecar (error {id}); it is in the log.");
        }
    }

    private async Task<CallToolResult> ToolAsync(
        RequestContext<CallToolRequestParams> request,
        string tool,
        JsonElement input,
        CancellationToken cancellationToken
    )
    {
        var settings = terms();
        var caller = new Caller(McpQuestion.NameOf(request.Server), "mcp");
        var question = new McpQuestion(request.Server, Unasked);
        var answer = await new ToolEntrance(home, time).RunAsync(settings, caller, tool, input, question.AskAsync, cancellationToken);
        return McpMapping.Of(answer);
    }

    private static JsonElement Object(IDictionary<string, JsonElement>? arguments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in arguments ?? new Dictionary<string, JsonElement>())
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        using var json = JsonDocument.Parse(buffer.WrittenMemory);
        return json.RootElement.Clone();
    }
}
