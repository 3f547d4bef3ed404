using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CodexSidecar.Testing.ModelServer;

internal sealed record FakeMessage(string Role, string Text);

/// <summary>A request as it came in. The key is not kept, only whether it was a given one can be asked.</summary>
internal sealed class FakeRequest
{
    private readonly byte[] authorization;
    private readonly TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="target">Path and query.</param>
    public FakeRequest(string method, string target, IReadOnlyDictionary<string, string> headers, string body)
    {
        Method = method;
        Target = target;
        Path = target.Split('?')[0];
        authorization = Hash(headers.GetValueOrDefault("authorization", ""));
        Headers = headers.ToDictionary(
            header => header.Key,
            header => header.Key == "authorization" ? "(hidden)" : header.Value,
            StringComparer.OrdinalIgnoreCase
        );
        Body = body;
        Json = Parse(body);
        Messages = Json?["messages"] is JsonArray messages
            ?
            [
                .. messages
                    .OfType<JsonObject>()
                    .Select(message => new FakeMessage((string?)message["role"] ?? "", TextOf(message["content"]))),
            ]
            : [];
    }

    public string Method { get; }
    public string Path { get; }

    /// <summary>The path with its query.</summary>
    public string Target { get; }
    public IReadOnlyDictionary<string, string> Headers { get; }
    public string Body { get; }
    public JsonObject? Json { get; }
    public IReadOnlyList<FakeMessage> Messages { get; }

    /// <summary>Requests to the model that were still being answered when this one came.</summary>
    public int Beside { get; set; }

    /// <summary>Done when the client has closed the connection, before or after it had its answer.</summary>
    public Task Left => left.Task;

    public string LastUserText => Messages.LastOrDefault(message => message.Role == "user")?.Text ?? "";

    public bool HasKey(string key) => authorization.SequenceEqual(Hash($"Bearer {key}"));

    /// <summary>Tokens the reply may have.</summary>
    public int? Limit => (int?)(Json?["max_tokens"] ?? Json?["max_completion_tokens"]);

    public bool Streams => (bool?)Json?["stream"] ?? false;

    public void ClientLeft() => left.TrySetResult();

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static JsonObject? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string TextOf(JsonNode? content) =>
        content switch
        {
            JsonArray parts => string.Concat(parts.Select(part => (string?)part?["text"])),
            JsonValue value => value.ToString(),
            _ => "",
        };
}
