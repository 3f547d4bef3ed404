using System.Text.Json.Serialization;

namespace CodexSidecar.Faces.Http;

/// <summary>A chunk of a streamed answer, as OpenAI's clients read it.</summary>
internal sealed record ChatChunk(string Id, string Object, long Created, string Model, IReadOnlyList<ChunkChoice> Choices)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChatUsage? Usage { get; init; }
}

internal sealed record ChunkChoice(int Index, ChatDelta Delta, [property: JsonPropertyName("finish_reason")] string? FinishReason);

internal sealed record ChatDelta
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }

    [JsonPropertyName("reasoning_content"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReasoningContent { get; init; }
}

internal sealed record ChatCompletion(
    string Id,
    string Object,
    long Created,
    string Model,
    IReadOnlyList<WholeChoice> Choices,
    ChatUsage Usage
);

internal sealed record WholeChoice(int Index, WholeMessage Message, [property: JsonPropertyName("finish_reason")] string FinishReason);

internal sealed record WholeMessage(string Role, string Content);

/// <summary>Of a chat: tokens as the user's server counted them. Of a run: of the conversation as this client sees it; what the run really
/// cost is in its report.</summary>
internal sealed record ChatUsage(
    [property: JsonPropertyName("prompt_tokens")] int PromptTokens,
    [property: JsonPropertyName("completion_tokens")] int CompletionTokens,
    [property: JsonPropertyName("total_tokens")] int TotalTokens
)
{
    [JsonPropertyName("prompt_tokens_details"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PromptDetails? Details { get; init; }
}

internal sealed record PromptDetails([property: JsonPropertyName("cached_tokens")] int CachedTokens);

/// <summary>An error in place of an answer whose status has gone out: clients look for the choices first.</summary>
internal sealed record LateError(ErrorWords Error, IReadOnlyList<WholeChoice> Choices);
