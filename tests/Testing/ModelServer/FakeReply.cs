using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexSidecar.Testing.ModelServer;

/// <param name="Prompt">Null: a quarter of the characters.</param>
internal sealed record FakeUsage(int? Prompt = null, int? Output = null, int? Cached = null)
{
    /// <summary>completion_tokens_details.reasoning_tokens, a part of <paramref name="Output"/>.</summary>
    public int? Reasoning { get; init; }

    /// <summary><paramref name="Cached"/> is told as timings.cache_n, as llama.cpp does.</summary>
    public bool Timings { get; init; }
}

/// <summary>One answer, right or wrong in any way a server can be wrong. The field names are those of the JSON, there in
/// camelCase.</summary>
internal sealed record FakeReply
{
    [JsonConverter(typeof(LinesConverter))]
    public string Text { get; init; } = "";

    /// <summary>The text so many times: <c>"repeat": 50000000</c> for a server that never ends.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>Reasoning before the text, in the field named by <see cref="ThoughtField"/>.</summary>
    public string? Thought { get; init; }
    public string ThoughtField { get; init; } = "reasoning_content";

    /// <summary>Characters per chunk of <see cref="Text"/>; bytes per write of <see cref="Body"/> and <see cref="Bytes"/>. 0: all at
    /// once.</summary>
    public int Pieces { get; init; }

    /// <summary>Null: the answer says nothing of usage.</summary>
    public FakeUsage? Usage { get; init; } = new();

    /// <summary>Null: no finish_reason anywhere.</summary>
    public string? Finish { get; init; } = "stop";

    /// <summary>Whether a stream ends with <c>[DONE]</c>.</summary>
    public bool Done { get; init; } = true;

    /// <summary>Sent as it stands behind the text, in place of finish, usage and <c>[DONE]</c>: an error inside a stream that began well;
    /// see <see cref="ServerError.Streamed"/>.</summary>
    public string? Breaks { get; init; }

    /// <summary>One JSON answer although a stream was asked for.</summary>
    public bool Json { get; init; }

    /// <summary>Texts to put in place of others in each chunk of <see cref="Text"/>, just before it is sent: for another dialect of the
    /// protocol.</summary>
    public IReadOnlyDictionary<string, string> Wire { get; init; } = new Dictionary<string, string>();

    public int Status { get; init; } = 200;
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Sent as it is, in place of <see cref="Text"/>. What begins with "data:", "event:" or ":" is an event stream, all else JSON,
    /// if the headers do not say otherwise.</summary>
    [JsonConverter(typeof(LinesConverter))]
    public string? Body { get; init; }

    /// <summary>As <see cref="Body"/>, for bytes that are no text (base64 in JSON).</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>Body bytes after which the connection is torn, in the middle of whatever is being sent.</summary>
    public long? CutAfter { get; init; }

    /// <summary>After everything else: neither end nor another byte, until the client leaves.</summary>
    public bool Hang { get; init; }

    /// <summary>Gates by the number of the chunk that waits for them, from 0; -1 is before the status line.</summary>
    public IReadOnlyDictionary<int, string> Gates { get; init; } = new Dictionary<int, string>();

    public static implicit operator FakeReply(string text) => new() { Text = text };
}

/// <summary>A long text may be given as an array of its lines.</summary>
internal sealed class LinesConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonElement.ParseValue(ref reader) is { ValueKind: JsonValueKind.Array } lines ? Join(lines) : reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public static string Join(JsonElement lines) => string.Join('\n', lines.EnumerateArray().Select(line => line.GetString()));
}

internal sealed class FakeReplyConverter : JsonConverter<FakeReply>
{
    private static readonly JsonSerializerOptions Fields = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public override FakeReply? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var value = JsonElement.ParseValue(ref reader);
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Array => LinesConverter.Join(value),
            _ => value.Deserialize<FakeReply>(Fields),
        };
    }

    public override void Write(Utf8JsonWriter writer, FakeReply value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, Fields);
}
