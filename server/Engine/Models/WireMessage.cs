using System.Text;
using System.Text.Json.Nodes;

namespace CodexSidecar.Engine.Models;

/// <summary>A chunk in the words of the OpenAI protocol.</summary>
internal static class WireMessage
{
    /// <returns>One event of an event stream; null for a chunk that says nothing.</returns>
    public static byte[]? Write(WireChunk chunk)
    {
        if (chunk is { Text: "", Thought: "", Finish: null, Usage: null })
            return null;
        var delta = new JsonObject { ["role"] = "assistant" };
        if (chunk.Text.Length > 0)
            delta["content"] = chunk.Text;
        if (chunk.Thought.Length > 0)
            delta["reasoning_content"] = chunk.Thought;
        var message = new JsonObject
        {
            ["id"] = "reply",
            ["object"] = "chat.completion.chunk",
            ["created"] = 0,
            ["model"] = "model",
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = Known(chunk.Finish) }),
        };
        if (chunk.Usage is { } usage)
        {
            message["usage"] = new JsonObject
            {
                ["prompt_tokens"] = usage.Prompt,
                ["completion_tokens"] = usage.Output,
                ["total_tokens"] = usage.Prompt + usage.Output,
            };
            if (usage.Cached is { } cached)
                message["usage"]!["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = cached };
        }
        return Encoding.UTF8.GetBytes($"data: {message.ToJsonString()}\n\n");
    }

    /// <summary>The package throws at a word it does not know.</summary>
    private static string? Known(string? finish) => finish is null or "stop" or "length" ? finish : "content_filter";
}
