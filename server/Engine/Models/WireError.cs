using System.Globalization;
using System.Text.Json;
using static CodexSidecar.Engine.Models.TolerantJson;

namespace CodexSidecar.Engine.Models;

/// <summary>
/// An error object in the words of a server, as the body of a refusal or inside a stream that began with 200. llama.cpp, vLLM and SGLang
/// put the HTTP status they mean into its code, others only a name, LM Studio nothing.
/// </summary>
/// <param name="Text">The sentence.</param>
/// <param name="Status">The HTTP status it stands for; null: not told.</param>
/// <param name="Name">Its code and its type, where they are words; empty: none.</param>
/// <param name="Raw">All of it: some servers put the numbers beside the sentence.</param>
internal sealed record WireError(string Text, int? Status, string Name, string Raw)
{
    private const int DeepestNesting = 8;

    /// <summary>Names of errors by what they mean, collected from the sources of the servers in docs/models.md.</summary>
    private static readonly Dictionary<string, int> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["exceed_context_size_error"] = 400,
        ["context_length_exceeded"] = 400,
        ["invalid_request_error"] = 400,
        ["BadRequestError"] = 400,
        ["BadRequest"] = 400,
        ["authentication_error"] = 401,
        ["invalid_api_key"] = 401,
        ["permission_error"] = 403,
        ["not_found_error"] = 404,
        ["NotFoundError"] = 404,
        ["model_not_found"] = 404,
        ["rate_limit_error"] = 429,
        ["RateLimitError"] = 429,
        ["server_error"] = 500,
        ["api_error"] = 500,
        ["InternalServerError"] = 500,
        ["internal_error"] = 500,
        ["not_supported_error"] = 501,
        ["unavailable_error"] = 503,
        ["service_unavailable"] = 503,
        ["overloaded_error"] = 503,
        ["model_loading"] = 503,
    };

    /// <param name="body">JSON of whatever shape, or a plain text.</param>
    public static WireError Read(string body)
    {
        if (Parse(body) is not { } json)
        {
            return new(body.Trim(), null, "", body);
        }
        var (names, status) = (new List<string>(), (int?)null);
        Codes(json, names, ref status, 0);
        status ??= names.Select(name => Names.TryGetValue(name, out var number) ? number : (int?)null).FirstOrDefault(number => number > 0);
        return new(TextOf(json, 0), status, string.Join(' ', names), body);
    }

    /// <summary>Ollama and LiteLLM hand on another server's error as a text inside their own.</summary>
    private static JsonElement? Buried(string sentence) =>
        sentence.IndexOf('{', StringComparison.Ordinal) is var start and >= 0
        && Parse(sentence[start..].TrimEnd()) is { ValueKind: JsonValueKind.Object } inner
        && (Member(inner, "error") ?? Member(inner, "message")) is not null
            ? inner
            : null;

    private static string TextOf(JsonElement error, int depth)
    {
        if (error.ValueKind == JsonValueKind.String)
        {
            var sentence = error.GetString()!;
            return depth < DeepestNesting && Buried(sentence) is { } inner ? TextOf(inner, depth + 1) : sentence;
        }
        var said = Member(error, "error") ?? Member(error, "message") ?? Member(error, "detail") ?? Member(error, "msg");
        return said is { } there && depth < DeepestNesting ? TextOf(there, depth + 1) : error.GetRawText();
    }

    /// <summary>The innermost number wins: a gateway's own is about the gateway.</summary>
    private static void Codes(JsonElement error, List<string> names, ref int? status, int depth)
    {
        if (error.ValueKind == JsonValueKind.String && Buried(error.GetString()!) is { } buried)
        {
            error = buried;
        }
        if (error.ValueKind != JsonValueKind.Object || depth > DeepestNesting)
        {
            return;
        }
        foreach (var member in new[] { "code", "status", "type" })
        {
            if (Member(error, member) is not { ValueKind: JsonValueKind.String or JsonValueKind.Number } value)
            {
                continue;
            }
            var text = value.ToString();
            if (!int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
            {
                names.Add(text);
            }
            else if (number is >= 400 and < 600)
            {
                status = number;
            }
        }
        foreach (var inner in new[] { "error", "detail", "message" })
        {
            if (Member(error, inner) is { } there)
            {
                Codes(there, names, ref status, depth + 1);
            }
        }
    }
}
