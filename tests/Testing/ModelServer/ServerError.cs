using System.Text.Json;
using System.Text.Json.Nodes;

namespace CodexSidecar.Testing.ModelServer;

/// <summary>An error in the words of one server, as it refuses a request and as it comes inside a stream that began with 200.</summary>
/// <param name="Server">One of <see cref="Servers"/>.</param>
/// <param name="Status">What the server means by it; inside a stream it is only told in the error, if at all.</param>
/// <param name="Type">The server's own name for the kind of error.</param>
internal sealed record ServerError(string Server, int Status, string Type, string Message)
{
    /// <summary>Members beside code, message and type.</summary>
    public string Extra { get; init; } = "{}";

    /// <summary>With a status of its own.</summary>
    public FakeReply Refused => new() { Status = Status, Body = Body() };

    /// <summary>The status is 200; some text may have come before.</summary>
    public FakeReply Streamed(string text = "") => new() { Text = text, Breaks = Event() };

    /// <summary>What each server puts around its sentence.</summary>
    private string Body() =>
        Server switch
        {
            // format_error_response, https://github.com/ggml-org/llama.cpp/blob/master/tools/server/server-common.cpp
            Servers.LlamaCpp => Wrapped(
                new()
                {
                    ["code"] = Status,
                    ["message"] = Message,
                    ["type"] = Type,
                }
            ),
            // https://github.com/ollama/ollama/blob/main/openai/openai.go
            Servers.Ollama => Wrapped(
                new()
                {
                    ["message"] = Message,
                    ["type"] = Type,
                    ["param"] = null,
                    ["code"] = null,
                }
            ),
            // Closed source; https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/1620
            Servers.LmStudio => new JsonObject { ["error"] = Message }.ToJsonString(),
            // https://github.com/vllm-project/vllm/blob/main/vllm/entrypoints/openai/engine/protocol.py
            Servers.Vllm => Wrapped(
                new()
                {
                    ["message"] = Message,
                    ["type"] = Type,
                    ["param"] = null,
                    ["code"] = Status,
                }
            ),
            // https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/entrypoints/openai/serving_base.py
            Servers.SgLang => Flat().ToJsonString(),
            _ => throw new InvalidOperationException($"The envelope of {Server} is not known."),
        };

    private string Event() =>
        Server switch
        {
            // The connection is closed behind it; no [DONE].
            Servers.LlamaCpp => $"data: {Body()}\n\n",
            // Swallowed: the writer reads {"error":...} as a reply without text, and the stream ends there.
            // https://github.com/ollama/ollama/blob/main/middleware/openai.go
            Servers.Ollama => """
                data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":0,"model":"","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}


                """,
            // A captured stream: https://github.com/block/goose/issues/11318
            Servers.LmStudio => $"event: error\ndata: {Twice().ToJsonString()}\n\n",
            Servers.Vllm => $"data: {Body()}\n\ndata: [DONE]\n\n",
            // create_streaming_error_response in serving_base.py
            Servers.SgLang => $"data: {new JsonObject { ["error"] = Flat() }.ToJsonString()}\n\ndata: [DONE]\n\n",
            _ => throw new InvalidOperationException($"The stream of {Server} is not known."),
        };

    private JsonObject Twice() =>
        new()
        {
            ["error"] = new JsonObject { ["message"] = Message },
            ["message"] = Message,
        };

    private JsonObject Flat() =>
        new()
        {
            ["object"] = "error",
            ["message"] = Message,
            ["type"] = Type,
            ["param"] = null,
            ["code"] = Status,
        };

    private string Wrapped(JsonObject error)
    {
        foreach (var (name, value) in JsonNode.Parse(Extra)!.AsObject())
        {
            error[name] = value?.DeepClone();
        }
        return new JsonObject { ["error"] = error }.ToJsonString();
    }
}

/// <summary>The servers whose words are known here.</summary>
internal static class Servers
{
    public const string LlamaCpp = "llama.cpp";
    public const string Ollama = "Ollama";
    public const string LmStudio = "LM Studio";
    public const string Vllm = "vLLM";
    public const string SgLang = "SGLang";
}
