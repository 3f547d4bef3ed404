using System.Globalization;
using System.Text.Json;

namespace CodexSidecar.Faces.Http;

/// <param name="Text">All text parts; what is not text is left out.</param>
internal sealed record ChatTurn(string Role, string Text, bool HasImage = false);

/// <summary>The members of a chat request that mean something here; all others are accepted and ignored.</summary>
internal sealed record ChatRequest(string Model, IReadOnlyList<ChatTurn> Turns, bool Stream, bool IncludeUsage, int? MaxTokens)
{
    /// <summary>How words are drawn, where a reply stops, its form, how much is thought: none of it changes what may be done.</summary>
    private static readonly IReadOnlyList<string> PassedOn =
    [
        "temperature",
        "top_p",
        "top_k",
        "min_p",
        "typical_p",
        "seed",
        "stop",
        "presence_penalty",
        "frequency_penalty",
        "repetition_penalty",
        "repeat_penalty",
        "logit_bias",
        "response_format",
        "reasoning_effort",
        "chat_template_kwargs",
    ];

    /// <summary>What goes to the user's own server as it came, where a request is asked of it.</summary>
    public IReadOnlyDictionary<string, JsonElement> Passed { get; init; } = new Dictionary<string, JsonElement>();

    public ChatTurn LastUser => Turns.Last(turn => turn.Role == "user");

    /// <exception cref="HttpError">It cannot be used; <c>param</c> says which part.</exception>
    public static ChatRequest Read(JsonElement body)
    {
        var model = ModelRoutes.Known(Member(body, "model") is { ValueKind: JsonValueKind.String } id ? id.GetString() : null);
        if (Member(body, "messages") is not { ValueKind: JsonValueKind.Array } messages || messages.GetArrayLength() == 0)
        {
            throw new HttpError(400, "bad_messages", "\"messages\" has to be a list with at least one message.", "$.messages");
        }
        if (Member(body, "n") is { ValueKind: JsonValueKind.Number } n && (!n.TryGetInt32(out var many) || many > 1))
        {
            throw new HttpError(400, "one_answer_only", "There is one answer to a request: leave \"n\" out.", "$.n");
        }
        var turns = messages.EnumerateArray().Select(Turn).ToList();
        if (!turns.Any(turn => turn.Role == "user" && turn.Text.Trim().Length > 0))
        {
            throw new HttpError(400, "no_user_text", "No message of the user has a text.", "$.messages");
        }
        var usage =
            Member(body, "stream_options") is { ValueKind: JsonValueKind.Object } options
            && Member(options, "include_usage") is { ValueKind: JsonValueKind.True };
        var passed = PassedOn
            .Select(name => (name, value: Member(body, name)))
            .Where(one => one.value is { ValueKind: not JsonValueKind.Null })
            .ToDictionary(one => one.name, one => one.value!.Value);
        if (Tokens(body) is { } most)
        {
            // As it was asked for: nothing is added for a model that thinks, as it would be to our own.
            passed["max_tokens"] = JsonElement.Parse(most.ToString(CultureInfo.InvariantCulture));
        }
        return new(model, turns, Member(body, "stream") is { ValueKind: JsonValueKind.True }, usage, Tokens(body)) { Passed = passed };
    }

    private static int? Tokens(JsonElement body) =>
        (Member(body, "max_completion_tokens") ?? Member(body, "max_tokens")) is { ValueKind: JsonValueKind.Number } number
        && number.TryGetInt32(out var tokens)
        && tokens > 0
            ? tokens
            : null;

    private static ChatTurn Turn(JsonElement message, int index)
    {
        if (message.ValueKind is not JsonValueKind.Object || Member(message, "role") is not { ValueKind: JsonValueKind.String } role)
        {
            throw new HttpError(400, "bad_messages", "Every message is an object with a \"role\".", $"$.messages[{index}]");
        }
        var content = Member(message, "content");
        return content?.ValueKind switch
        {
            JsonValueKind.String => new(role.GetString()!, content.Value.GetString()!),
            JsonValueKind.Array => Parts(role.GetString()!, content.Value),
            null or JsonValueKind.Null => new(role.GetString()!, ""),
            _ => throw new HttpError(400, "bad_messages", "\"content\" has to be text or a list of parts.", $"$.messages[{index}].content"),
        };
    }

    private static ChatTurn Parts(string role, JsonElement content)
    {
        var parts = content.EnumerateArray().Where(part => part.ValueKind is JsonValueKind.Object).ToList();
        var texts = parts
            .Select(part => Member(part, "text"))
            .Where(text => text is { ValueKind: JsonValueKind.String })
            .Select(text => text!.Value.GetString());
        return new(
            role,
            string.Join('\n', texts),
            parts.Any(part => Member(part, "type") is { ValueKind: JsonValueKind.String } type && type.ValueEquals("image_url"))
        );
    }

    private static JsonElement? Member(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) ? value : null;
}
