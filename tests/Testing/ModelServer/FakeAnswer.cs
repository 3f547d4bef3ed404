using System.Text;
using System.Text.Json.Nodes;

namespace CodexSidecar.Testing.ModelServer;

/// <summary>What a reply is in bytes: the chunks of its body.</summary>
internal static class FakeAnswer
{
    public static string ContentType(FakeReply reply, FakeRequest request)
    {
        var stream = reply.Body is { } body
            ? body.StartsWith("data:", StringComparison.Ordinal)
                || body.StartsWith("event:", StringComparison.Ordinal)
                || body.StartsWith(':')
            : reply.Bytes is not null || Streams(reply, request);
        return stream ? "text/event-stream" : "application/json";
    }

    public static IEnumerable<byte[]> Chunks(FakeReply reply, FakeRequest request) =>
        reply.Bytes is { } bytes ? Cut(bytes, reply.Pieces)
        : reply.Body is { } body ? Cut(Encoding.UTF8.GetBytes(body), reply.Pieces)
        : reply.Status >= 400 ? [Bytes(new JsonObject { ["error"] = new JsonObject { ["message"] = reply.Text } })]
        : Streams(reply, request)
            ?
            [
                .. Events(reply, request).Select(data => Encoding.UTF8.GetBytes(Dialect(reply, $"data: {data}\n\n"))),
                .. reply.Breaks is { } breaks ? [Encoding.UTF8.GetBytes(breaks)] : Array.Empty<byte[]>(),
            ]
        : Whole(reply, request);

    private static bool Streams(FakeReply reply, FakeRequest request) => reply.Status < 400 && request.Streams && !reply.Json;

    private static IEnumerable<string> Events(FakeReply reply, FakeRequest request)
    {
        if (reply.Thought is { } thought)
        {
            yield return Chunk(new() { [reply.ThoughtField] = thought }, null);
        }
        for (var i = 0; i < reply.Repeat; i++)
        {
            foreach (var piece in Cut(reply.Text, reply.Pieces))
            {
                yield return Chunk(new() { ["content"] = piece }, null);
            }
        }
        if (reply.Breaks is not null)
        {
            yield break;
        }
        if (reply.Finish is { } finish)
        {
            yield return Chunk([], finish);
        }
        if (reply.Usage is { } usage && request.Json?["stream_options"]?["include_usage"] is not null)
        {
            yield return Timed(Envelope("chat.completion.chunk", [], Usage(usage, reply, request)), usage).ToJsonString();
        }
        if (reply.Done)
        {
            yield return "[DONE]";
        }
    }

    private static IEnumerable<byte[]> Whole(FakeReply reply, FakeRequest request)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = string.Concat(Enumerable.Repeat(reply.Text, reply.Repeat)) };
        if (reply.Thought is { } thought)
        {
            message[reply.ThoughtField] = thought;
        }
        var choice = new JsonObject
        {
            ["index"] = 0,
            ["message"] = message,
            ["finish_reason"] = reply.Finish,
        };
        var whole = Envelope("chat.completion", [choice], reply.Usage is { } usage ? Usage(usage, reply, request) : null);
        return Cut(Encoding.UTF8.GetBytes(Dialect(reply, Timed(whole, reply.Usage).ToJsonString())), 1 << 16);
    }

    private static string Dialect(FakeReply reply, string text) =>
        reply.Wire.Aggregate(text, (now, change) => now.Replace(change.Key, change.Value, StringComparison.Ordinal));

    private static string Chunk(JsonObject delta, string? finish) =>
        Envelope(
                "chat.completion.chunk",
                [
                    new JsonObject
                    {
                        ["index"] = 0,
                        ["delta"] = delta,
                        ["finish_reason"] = finish,
                    },
                ],
                null
            )
            .ToJsonString();

    private static JsonObject Envelope(string kind, JsonArray choices, JsonObject? usage)
    {
        var envelope = new JsonObject
        {
            ["id"] = "fake",
            ["object"] = kind,
            ["created"] = 0,
            ["model"] = "fake-model",
            ["choices"] = choices,
        };
        if (usage is not null)
        {
            envelope["usage"] = usage;
        }
        return envelope;
    }

    /// <summary>llama.cpp's own measurements stand beside the usage.</summary>
    private static JsonObject Timed(JsonObject envelope, FakeUsage? usage)
    {
        if (usage is { Timings: true, Cached: { } cached } && envelope["usage"] is { } counted)
        {
            envelope["timings"] = new JsonObject
            {
                ["cache_n"] = cached,
                ["prompt_n"] = (int)counted["prompt_tokens"]! - cached,
                ["predicted_n"] = (int)counted["completion_tokens"]!,
            };
        }
        return envelope;
    }

    private static JsonObject Usage(FakeUsage usage, FakeReply reply, FakeRequest request)
    {
        var prompt = usage.Prompt ?? FakeModel.PromptTokens(request);
        var output = usage.Output ?? (((reply.Text.Length * reply.Repeat) + (reply.Thought ?? "").Length) / 4);
        var counted = new JsonObject
        {
            ["prompt_tokens"] = prompt,
            ["completion_tokens"] = output,
            ["total_tokens"] = prompt + output,
        };
        if (usage.Reasoning is { } reasoning)
        {
            counted["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = reasoning };
        }
        if (usage is { Cached: { } cached, Timings: false })
        {
            counted["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = cached };
        }
        return counted;
    }

    private static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static IEnumerable<byte[]> Cut(byte[] bytes, int size) => size == 0 ? [bytes] : bytes.Chunk(size);

    private static IEnumerable<string> Cut(string text, int size) =>
        text.Length == 0 ? []
        : size == 0 ? [text]
        : text.Chunk(size).Select(piece => new string(piece));
}
