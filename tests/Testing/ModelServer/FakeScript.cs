using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexSidecar.Testing.ModelServer;

/// <summary>
/// What a <see cref="FakeModelServer"/> says. As JSON (comments and trailing commas allowed):
/// <code>
/// {
///   "models": ["qwen-test"],              // ids of GET /v1/models; or a whole answer as an object
///   "paths": { "/props": { ... } },       // bodies of other GETs, a string as plain text; with a query only where it stands here too;
/// whatever is not listed is 404
///   "think": { "tokens": 2000, "where": "reasoning_content", "off": ["\"enable_thinking\":false"] }, // see FakeThinking
///   "window": { "tokens": 6000, "server": "vLLM" },  // refused in its words, see FakeWindow
///   "cache": { "checkpoint": 516 },       // cached tokens by the common prefix, see FakeCache
///   "rules": [                            // the first that matches and is not used up answers
///     { "last": "plan", "times": 1,       // "last": text in the last user message; "any": in any message; "n": the n-th chat request,
/// from 1
///       "reply": "text" },                // a string, an array of lines, or an object with the fields of FakeReply:
///     { "reply": { "text": ["line 1", "line 2"], "pieces": 4, "usage": { "prompt": 900, "output": 30, "cached": 0 }, "finish": "length" }
/// },
///     { "reply": { "status": 429, "headers": { "Retry-After": "2" }, "body": "slow down" } },
///     { "path": "/v1/models", "reply": { "status": 401, "body": "no" } },
///     { "path": "/props", "times": 3, "reply": { "status": 503, "body": "Loading model" } },   // loading, then there
///     { "path": "/props", "without": "the key", "reply": { "status": 401, "body": "no" } },    // whoever has not this key
///     { "sent": "\"maxLength\"", "reply": { "status": 400, "text": "no" } }                    // text in the body as it was sent
///   ]
/// }
/// </code>
/// A chat request that no rule matches is answered with 400 and a sentence that says so. <c>POST /gates/NAME</c> opens a gate.
/// </summary>
internal sealed record FakeScript
{
    public JsonElement Models { get; init; } = JsonElement.Parse("""["fake-model"]""");
    public IReadOnlyDictionary<string, JsonElement> Paths { get; init; } = new Dictionary<string, JsonElement>();
    public IReadOnlyList<FakeRule> Rules { get; init; } = [];
    public FakeThinking? Think { get; init; }
    public FakeWindow? Window { get; init; }
    public FakeCache? Cache { get; init; }

    /// <summary>What this server does differently: turns each answer, also those of the GETs, into the one it gives. Not in JSON.</summary>
    [JsonIgnore]
    public Func<FakeRequest, FakeReply, FakeReply> Quirk { get; init; } = (_, reply) => reply;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new FakeReplyConverter() },
    };

    /// <exception cref="JsonException">Not a script; the message names line and field.</exception>
    public static FakeScript Parse(string json) => JsonSerializer.Deserialize<FakeScript>(json, Options) ?? new();

    /// <summary>Every chat request gets the next reply; after the last one there is none.</summary>
    public static FakeScript InOrder(params IReadOnlyList<FakeReply> replies) =>
        new() { Rules = [.. replies.Select(reply => new FakeRule(reply) { Times = 1 })] };

    /// <summary>Every chat request gets this reply.</summary>
    public static FakeScript Always(FakeReply reply) => new() { Rules = [new(reply)] };
}

/// <param name="Reply">What is answered.</param>
internal sealed record FakeRule(FakeReply Reply)
{
    /// <summary>With its query, if it matters.</summary>
    public string Path { get; init; } = "/v1/chat/completions";

    /// <summary>Only the n-th request to this path, from 1.</summary>
    public int? N { get; init; }

    /// <summary>Only if the last user message contains this.</summary>
    public string? Last { get; init; }

    /// <summary>Only if some message, or without messages the body, contains this.</summary>
    public string? Any { get; init; }

    /// <summary>Only if the body, as it was sent, contains this.</summary>
    public string? Sent { get; init; }

    /// <summary>Only if the request does not carry this key.</summary>
    public string? Without { get; init; }

    /// <summary>Used up after so many answers. Null: never.</summary>
    public int? Times { get; init; }

    public bool Matches(FakeRequest request, int nth) =>
        (Path.Contains('?', StringComparison.Ordinal) ? request.Target : request.Path) == Path
        && (Sent is null || request.Body.Contains(Sent, StringComparison.Ordinal))
        && (Without is null || !request.HasKey(Without))
        && (N is null || N == nth)
        && (Last is null || request.LastUserText.Contains(Last, StringComparison.Ordinal))
        && (
            Any is null
            || (
                request.Messages.Count == 0
                    ? request.Body.Contains(Any, StringComparison.Ordinal)
                    : request.Messages.Any(message => message.Text.Contains(Any, StringComparison.Ordinal))
            )
        );
}
