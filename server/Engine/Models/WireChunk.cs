using System.Text.Json;
using static CodexSidecar.Engine.Models.TolerantJson;

namespace CodexSidecar.Engine.Models;

/// <param name="Cached">Null: the server does not say.</param>
internal sealed record WireUsage(long Prompt, long Output, long? Cached)
{
    /// <summary>The part of the output that was reasoning; null: the server does not say.</summary>
    public long? Thought { get; init; }
}

/// <summary>
/// What one message of a server says, read with every tolerance: one chunk of a stream, or a whole answer. A new field of the protocol is
/// a member here and a line in <see cref="Read(string)"/>.
/// </summary>
internal sealed record WireChunk
{
    /// <summary>Where servers put reasoning: llama.cpp and SGLang; vLLM and Ollama; Ollama's own protocol. Gateways send several, of which
    /// all but one are empty.</summary>
    private static readonly string[] ThoughtFields = ["reasoning_content", "reasoning", "thinking"];

    public string Text { get; init; } = "";

    /// <summary>Reasoning in a field of its own.</summary>
    public string Thought { get; init; } = "";

    /// <summary>Null: the reply goes on.</summary>
    public ReplyEnd? End { get; init; }

    /// <summary>The server's word for it.</summary>
    public string? Finish { get; init; }

    public WireUsage? Usage { get; init; }

    /// <summary>How much of the prompt has been read, 0-1.</summary>
    public double? Prefill { get; init; }

    /// <summary>The message is an error, or has one beside its text.</summary>
    public WireError? Error { get; init; }

    /// <summary>Nothing of a reply is in it yet: a role, a sign of life, the progress of reading the prompt.</summary>
    public bool IsSilent => this is { Text: "", Thought: "", End: null, Usage: null };

    /// <returns>Null: not a JSON object.</returns>
    public static WireChunk? Read(string json)
    {
        if (Parse(json) is not { ValueKind: JsonValueKind.Object } root)
        {
            return null;
        }
        var choice = First(Member(root, "choices"));
        var message = Member(choice, "delta") ?? Member(choice, "message");
        return new()
        {
            Text = TextOf(message is null ? Member(choice, "text") : Member(message, "content")),
            Thought = ThoughtFields.Select(name => TextOf(Member(message, name))).FirstOrDefault(text => text.Length > 0, ""),
            End = EndOf(Member(choice, "finish_reason")),
            Finish = Member(choice, "finish_reason") is { ValueKind: JsonValueKind.String } finish ? finish.GetString() : null,
            Usage = UsageOf(root),
            Prefill = PrefillOf(Member(root, "prompt_progress")),
            Error = IsError(root) ? WireError.Read(json) : null,
        };
    }

    /// <summary>An empty error is none; SGLang and older vLLM send errors without an envelope.</summary>
    private static bool IsError(JsonElement root) =>
        Member(root, "error") is { } error ? error.ToString().Length > 0 : Member(root, "object")?.ToString() == "error";

    /// <summary>A text, or an array of its parts.</summary>
    private static string TextOf(JsonElement? content) =>
        content switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString()!,
            { ValueKind: JsonValueKind.Array } parts => string.Concat(parts.EnumerateArray().Select(PartOf)),
            _ => "",
        };

    private static string PartOf(JsonElement part) => TextOf(part.ValueKind == JsonValueKind.String ? part : Member(part, "text"));

    private static ReplyEnd? EndOf(JsonElement? finish) =>
        finish?.ToString() switch
        {
            null or "" => null,
            "stop" or "eos" or "eos_token" or "end_turn" or "stop_sequence" => ReplyEnd.Stop,
            "length" or "max_tokens" or "max_length" => ReplyEnd.Length,
            _ => ReplyEnd.Cut,
        };

    private static double? PrefillOf(JsonElement? progress) =>
        Number(progress, "total") is > 0 and var total ? (Number(progress, "processed") ?? 0) / (double)total : null;

    /// <summary>What the protocol calls usage; else llama.cpp's own measurements.</summary>
    private static WireUsage? UsageOf(JsonElement root)
    {
        var (usage, timings) = (Member(root, "usage"), Member(root, "timings"));
        var cached = Number(timings, "cache_n");
        if (Number(usage, "prompt_tokens") is { } prompt)
        {
            return new(
                prompt,
                Number(usage, "completion_tokens") ?? 0,
                Number(Member(usage, "prompt_tokens_details"), "cached_tokens") ?? cached
            )
            {
                Thought = Number(Member(usage, "completion_tokens_details"), "reasoning_tokens") ?? Number(usage, "reasoning_tokens"),
            };
        }
        return Number(timings, "prompt_n") is { } read ? new(read + (cached ?? 0), Number(timings, "predicted_n") ?? 0, cached) : null;
    }
}
