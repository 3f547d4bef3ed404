using System.Text.Json.Nodes;

namespace CodexSidecar.Engine.Models;

/// <summary>The request body in the dialect this server speaks.</summary>
internal static class WireRequest
{
    /// <summary>What strict servers refuse and we can do without, the least missed first.</summary>
    public static readonly IReadOnlyList<string> Droppable =
        ["return_progress", "stream_options", "seed", "chat_template_kwargs", "cache_prompt", "n", "stop", "response_format", "temperature", "stream"];

    public static JsonObject Translate(JsonObject body, ModelPrompt prompt, EndpointMemory memory, string family)
    {
        // Old servers ignore or refuse the name the package sends.
        var name = memory.RejectedFields.Contains("max_tokens") ? "max_completion_tokens" : "max_tokens";
        body.Remove("max_completion_tokens");
        body[name] = prompt.MaxOutputTokens;
        // The package widens a float: 0.2 would go out as 0.20000000298023224.
        body["temperature"] = prompt.Temperature;
        if (family == EndpointFamily.LlamaCpp)
            body["return_progress"] = true;
        foreach (var field in memory.RejectedFields)
            body.Remove(field);
        return body;
    }
}
