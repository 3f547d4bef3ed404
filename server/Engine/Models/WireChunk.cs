using System.Globalization;
using System.Text.Json;

namespace CodexSidecar.Engine.Models;

/// <param name="Cached">Null: the server does not say.</param>
internal sealed record WireUsage(long Prompt, long Output, long? Cached);

/// <summary>What one message of a server says, read with every tolerance: one chunk of a stream, or a whole answer.</summary>
/// <param name="Finish"><c>stop</c> or <c>length</c>; other words as they came.</param>
/// <param name="Prefill">How much of the prompt has been read, 0-1.</param>
/// <param name="Error">The server's words, when the message is an error.</param>
internal sealed record WireChunk(string Text, string Thought, string? Finish, WireUsage? Usage, double? Prefill, string? Error)
{
    /// <returns>Null: not a JSON object.</returns>
    public static WireChunk? Read(string json)
    {
        JsonElement root;
        try
        {
            root = JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
        return root.ValueKind == JsonValueKind.Object ? Read(root) : null;
    }

    private static WireChunk Read(JsonElement root)
    {
        var choice = Member(root, "choices") is { ValueKind: JsonValueKind.Array } choices ? choices.EnumerateArray().FirstOrDefault() : default;
        var message = Member(choice, "delta") ?? Member(choice, "message");
        return new(
            TextOf(message is { } told ? Member(told, "content") : Member(choice, "text")),
            TextOf(message is { } thinking ? Member(thinking, "reasoning_content") ?? Member(thinking, "reasoning") : null),
            FinishOf(Member(choice, "finish_reason")),
            UsageOf(root),
            Member(root, "prompt_progress") is { } progress && Number(progress, "total") is > 0 and var total ? (Number(progress, "processed") ?? 0) / (double)total : null,
            Member(root, "error") is { } error ? ErrorText(error) : null);
    }

    /// <summary>The sentence in an error body, whatever the server's habit.</summary>
    public static string ErrorText(string body)
    {
        try
        {
            return ErrorText(JsonElement.Parse(body));
        }
        catch (JsonException)
        {
            return body.Trim();
        }
    }

    private static string ErrorText(JsonElement error) => error.ValueKind switch
    {
        JsonValueKind.String => error.GetString()!,
        JsonValueKind.Object => (Member(error, "error") ?? Member(error, "message") ?? Member(error, "detail") ?? Member(error, "msg")) is { } inner ? ErrorText(inner) : error.GetRawText(),
        _ => error.GetRawText(),
    };

    /// <summary>Never null for JSON's null, never throws for the wrong kind.</summary>
    public static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static long? Number(JsonElement element, string name) =>
        Member(element, name) is { } value && double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1e15 ? (long)number : null;

    /// <summary>A text, or an array of its parts.</summary>
    private static string TextOf(JsonElement? content) => content switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Array } parts => string.Concat(parts.EnumerateArray().Select(part => TextOf(Member(part, "text") ?? (part.ValueKind == JsonValueKind.String ? part : null)))),
        _ => "",
    };

    private static string? FinishOf(JsonElement? finish) => finish?.ToString() switch
    {
        null or "" => null,
        "stop" or "eos" or "eos_token" or "end_turn" or "stop_sequence" => "stop",
        "length" or "max_tokens" or "max_length" => "length",
        var other => other,
    };

    private static WireUsage? UsageOf(JsonElement root)
    {
        var timings = Member(root, "timings");
        var cached = timings is { } measured ? Number(measured, "cache_n") : null;
        if (Member(root, "usage") is { } usage && Number(usage, "prompt_tokens") is { } prompt)
        {
            var details = Member(usage, "prompt_tokens_details");
            return new(prompt, Number(usage, "completion_tokens") ?? 0, (details is { } detail ? Number(detail, "cached_tokens") : null) ?? cached);
        }
        return timings is { } only && Number(only, "prompt_n") is { } read ? new(read + (cached ?? 0), Number(only, "predicted_n") ?? 0, cached) : null;
    }
}
