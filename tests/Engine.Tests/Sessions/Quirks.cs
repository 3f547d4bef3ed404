using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexSidecar.Contracts;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Sessions;

/// <summary>A server that is wrong in one way.</summary>
/// <param name="Shape">What becomes of each good reply.</param>
/// <param name="First">Rules that come before those of the good model.</param>
/// <param name="Stop">How a whole run ends with it.</param>
/// <param name="Says">What the message of another end has to contain.</param>
internal sealed record Quirk(Func<FakeReply, FakeReply> Shape, IReadOnlyList<FakeRule> First, StopReason Stop = StopReason.Done, string Says = "")
{
    public ConsiliumSize Consilium { get; init; } = ConsiliumSize.Off;
    public IReadOnlyDictionary<string, JsonElement> Paths { get; init; } = new Dictionary<string, JsonElement>();
    public string? Models { get; init; }
    public string? Detail { get; init; }
    /// <summary>Of a text in the workspace that makes prompts long.</summary>
    public int Lines { get; init; }
}

internal static class Quirks
{
    /// <summary>Characters that overflow the servers that have too small a window.</summary>
    public const int LongPrompt = 9_000;

    private static IReadOnlyDictionary<string, JsonElement> LlamaCpp(int window) => new Dictionary<string, JsonElement>
    {
        ["/props"] = JsonElement.Parse($$"""{"default_generation_settings":{"n_ctx":{{window}}},"total_slots":1,"chat_template":"x"}"""),
    };

    /// <summary>The bytes of a stream that carries a text, badly.</summary>
    private static string Stream(string text, string chunk = """{"choices":[{"index":0,"delta":{"content":TEXT}}]}""", string between = "\n\n", string before = "", string end = """data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""", bool done = true)
    {
        var body = new StringBuilder(before);
        foreach (var piece in text.Chunk(24))
        {
            body.Append("data: ").Append(chunk.Replace("TEXT", JsonValue.Create(new string(piece)).ToJsonString(), StringComparison.Ordinal)).Append(between);
        }
        return body.Append(end).Append(between).Append(done ? "data: [DONE]\n\n" : "").ToString();
    }

    private static Func<FakeReply, FakeReply> As(Func<string, string> body) => reply => new() { Body = body(reply.Text) };

    private static Quirk Shaped(Func<FakeReply, FakeReply> shape) => new(shape, []);

    private static Quirk Refusing(FakeRule rule, int status, string text) => new(reply => reply, [rule with { Reply = new() { Status = status, Body = Error(text) } }]);

    private static Quirk Failing(FakeReply reply, StopReason stop, string says, string? detail = null) => new(good => good, [new(reply)], stop, says) { Detail = detail };

    private static Quirk Overflowing(FakeReply reply) => new(good => good, [new(reply) { Over = LongPrompt }]) { Lines = 140, Paths = LlamaCpp(8_192) };

    private static string Error(string text) => text.StartsWith('{') ? text : new JsonObject { ["error"] = new JsonObject { ["message"] = text } }.ToJsonString();

    private static FakeRule Any => new("");

    public static readonly IReadOnlyDictionary<string, Quirk> All = new Dictionary<string, Quirk>
    {
        ["a whole answer to a stream"] = Shaped(reply => reply with { Json = true }),
        ["no usage"] = Shaped(reply => reply with { Usage = null }),
        ["the prompt in front of the reply"] = Shaped(reply => reply with { Echo = true }),
        ["no system role"] = Refusing(Any with { Roles = "system" }, 400, "System role not supported"),
        ["roles must alternate"] = new(reply => reply, [Any with { Roles = "system,user", Reply = new() { Status = 500, Body = Error("Conversation roles must alternate user/assistant/user/assistant/...") } }]),
        ["<think> in the content"] = Shaped(reply => reply with { Text = $"<think>\nFirst I look.\n```js\nno\n```\n</think>\n\n{reply.Text}" }),
        ["a lone </think>"] = Shaped(reply => reply with { Text = $"First I look.\n</think>\n{reply.Text}" }),
        ["[THINK]"] = Shaped(reply => reply with { Text = $"[THINK]First I look.[/THINK]{reply.Text}" }),
        ["channels"] = Shaped(reply => reply with { Text = $"<|channel|>analysis<|message|>First I look.<|channel|>final<|message|>{reply.Text}" }),
        ["reasoning_content"] = Shaped(reply => reply with { Thought = "First I look." }),
        ["reasoning"] = Shaped(reply => reply with { Thought = "First I look.", ThoughtField = "reasoning" }),
        ["an end mark leaks"] = Shaped(reply => reply with { Text = $"{reply.Text}<|im_end|>\n<|im_start|>user\nand now?" }),
        ["no chat template: the next turn is invented"] = Shaped(reply => reply with { Text = $"{reply.Text}\nUser: thanks\nAssistant: no problem" }),
        ["a schema is refused"] = Refusing(Any with { Body = "response_format" }, 400, "response_format is not supported") with { Paths = LlamaCpp(8_192), Consilium = ConsiliumSize.Full },
        ["a schema is passed over"] = Shaped(reply => reply) with { Paths = LlamaCpp(8_192), Consilium = ConsiliumSize.Full },
        ["a schema leaves the content empty"] = new(reply => reply, [Any with { Body = "response_format", Reply = "" }]) { Paths = LlamaCpp(8_192), Consilium = ConsiliumSize.Full },
        ["a field is refused by name"] = Refusing(Any with { Body = "stream_options" }, 422, """{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}"""),
        ["a field is refused without a name"] = Refusing(Any with { Body = "seed" }, 400, "unexpected keyword argument"),
        ["temperature 0 hangs"] = new(reply => reply, [Any with { Body = "\"temperature\":0,", Reply = new() { Hang = true } }]),
        ["only streaming works"] = new(reply => reply, [Any with { Body = "\"stream\":false", Reply = new() { Status = 500, Text = "no" } }]),
        ["no list of models"] = new(reply => reply, [Any with { Path = "/v1/models", Reply = new() { Status = 404, Text = "no" } }]),
        ["no finish_reason"] = Shaped(reply => reply with { Finish = null }),
        ["no [DONE]"] = Shaped(reply => reply with { Done = false }),
        ["neither finish_reason nor [DONE]"] = Shaped(reply => reply with { Finish = null, Done = false }),
        ["finish_reason eos"] = Shaped(reply => reply with { Finish = "eos" }),
        ["always stop, also when it was cut"] = new(reply => reply, [new(new FakeReply { Text = "double.js\n```js\nexport const dou" }) { Last = "Carry out the plan", Times = 1 }]),
        ["message in place of delta"] = Shaped(As(text => Stream(text, """{"choices":[{"index":0,"message":{"content":TEXT}}]}"""))),
        ["content as parts"] = Shaped(As(text => Stream(text, """{"choices":[{"index":0,"delta":{"content":[{"type":"text","text":TEXT}]}}]}"""))),
        ["numbers as ids"] = Shaped(As(text => Stream(text, """{"id":7,"created":"now","choices":[{"index":0,"delta":{"content":TEXT}}]}"""))),
        ["no empty line between events"] = Shaped(As(text => Stream(text, between: "\n"))),
        ["CR LF, and no space behind data:"] = Shaped(As(text => Stream(text, between: "\r\n\r\n").Replace("data: ", "data:", StringComparison.Ordinal))),
        ["signs of life"] = Shaped(As(text => Stream(text, before: ": ping\n\n: ping\n\n", between: "\n\n: keep-alive\n\n"))),
        ["empty and null choices"] = Shaped(As(text => Stream(text, before: "data: {\"choices\":[]}\n\ndata: {\"choices\":null}\n\n"))),
        ["a broken chunk"] = Shaped(As(text => Stream(text, before: "data: {\"choices\":[{\n\n"))),
        ["an error inside a good stream"] = Failing(new() { Body = "data: {\"error\":{\"message\":\"slot unavailable\"}}\n\n" }, StopReason.ModelUnavailable, "slot unavailable", "broken"),
        ["an event of the kind error"] = Failing(new() { Body = "event: error\ndata: {\"message\":\"out of memory\"}\n\n" }, StopReason.ModelUnavailable, "out of memory", "broken"),
        ["the connection breaks in the text, once"] = new(reply => reply, [new(new FakeReply { Text = "FILE: double.js\nNOTE: what", Pieces = 4, CutAfter = 300 }) { Times = 1 }]),
        ["503 while the model is loading"] = new(reply => reply, [new(new FakeReply { Status = 503, Body = Error("""{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}""") }) { Times = 1 }]),
        ["429 with Retry-After"] = new(reply => reply, [new(new FakeReply { Status = 429, Text = "slow down", Headers = new Dictionary<string, string> { ["Retry-After"] = "1" } }) { Times = 1 }]),
        ["500, once"] = new(reply => reply, [new(new FakeReply { Status = 500, Text = "CUDA error" }) { Times = 1 }]),
        ["endless repetition, once"] = new(reply => reply, [new(new FakeReply { Text = "I will now correct the function in the file as the plan says.\n", Repeat = 1_000_000 }) { Last = "Carry out the plan", Times = 1 }]),
        ["endless repetition"] = new(reply => reply, [new(new FakeReply { Text = "I will now correct the function in the file as the plan says.\n", Repeat = 1_000_000 }) { Any = "Carry out the plan" }], StopReason.Loop) { Detail = "stream" },
        ["nothing is ever answered"] = new(reply => reply, [new("") { Any = "Carry out the plan" }], StopReason.MalformedReplies, "no edit"),
        ["another key is wanted"] = Failing(new() { Status = 401, Text = "invalid api key" }, StopReason.ModelUnavailable, "key", "refused"),
        ["a page in place of an answer"] = Failing(new() { Body = "<html>nginx</html>", Headers = new Dictionary<string, string> { ["Content-Type"] = "text/html" } }, StopReason.ModelUnavailable, "no usable reply", "broken"),
        ["a redirect"] = Failing(new() { Status = 302, Headers = new Dictionary<string, string> { ["Location"] = "http://127.0.0.1:1/" } }, StopReason.ModelUnavailable, "redirect", "refused"),
        ["overflow of llama.cpp"] = Overflowing(new() { Status = 400, Body = """{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":4096}}""" }),
        ["overflow of vLLM"] = Overflowing(new() { Status = 400, Body = Error("This model's maximum context length is 4096 tokens. However, you requested 9000 tokens") }),
        ["overflow of TGI"] = Overflowing(new() { Status = 422, Body = Error("Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 9000 `inputs` tokens and 1000 `max_new_tokens`") }),
        ["overflow of LM Studio"] = Overflowing(new() { Body = "event: error\ndata: {\"error\":{\"message\":\"Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens\"}}\n\n" }),
        ["overflow of Ollama"] = Overflowing(new() { Status = 500, Body = Error("no user query found in messages") }),
        ["the beginning is dropped without a word"] = new(reply => reply,
            [new(new FakeReply { Text = "I do not know.", Usage = new(4_000) }) { Last = "check word", Over = LongPrompt }, new(new FakeReply { Text = "NOTHING: all is well", Usage = new(4_000) }) { Over = LongPrompt }])
        { Lines = 500, Paths = LlamaCpp(32_768) },
        ["only new tokens are counted"] = Shaped(reply => reply with { Usage = new(40) }) with { Lines = 140, Paths = LlamaCpp(8_192) },
        ["the window is too small for anything"] = Failing(new() { Status = 400, Body = Error("This model's maximum context length is 512 tokens. However, you requested 900 tokens") }, StopReason.LimitTokens, "larger context", "context"),
    };
}
