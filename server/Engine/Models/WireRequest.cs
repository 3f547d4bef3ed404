using System.Buffers;
using System.ClientModel;
using System.Text.Json;

namespace CodexSidecar.Engine.Models;

/// <summary>One request in the dialect this server speaks: what it refused is left out, messages it does not take are joined.</summary>
internal sealed class WireRequest
{
    /// <summary>Every field there is, in the order in which it is written. A new one is a row here.</summary>
    private static readonly IReadOnlyList<Field> Fields =
    [
        new("temperature", (json, request) => json.WriteNumberValue(request.prompt.Temperature))
        {
            Belongs = request => request.prompt.Passed is null,
        },
        new("messages", WriteMessages),
        new("model", (json, request) => json.WriteStringValue(request.endpoint.Model)),
        new("response_format", WriteSchema) { Belongs = request => request.prompt.Schema is not null },
        new("stream", (json, _) => json.WriteBooleanValue(true)),
        new("seed", (json, request) => json.WriteNumberValue(request.prompt.Seed)) { Belongs = request => request.prompt.Passed is null },
        new("stream_options", WriteStreamOptions),
        new("max_tokens", WriteLimit),
        // The newer name, which old servers ignore or refuse.
        new("max_completion_tokens", WriteLimit) { Belongs = request => request.Memory.RejectedFields.Contains("max_tokens") },
        new("return_progress", (json, _) => json.WriteBooleanValue(true))
        {
            Belongs = request => request.endpoint.Family == EndpointFamily.LlamaCpp,
        },
        .. ThinkingSwitch.Fields.Select(name => new Field(name, (json, request) => request.thinking.Switch!.Write(name, json))
        {
            Belongs = request => request.thinking.Switch?.Has(name) is true,
        }),
    ];

    /// <summary>What strict servers refuse and we can do without, the least missed first.</summary>
    public static readonly IReadOnlyList<string> Droppable =
    [
        "return_progress",
        "stream_options",
        "seed",
        "response_format",
        "temperature",
        "stream",
    ];

    private readonly ModelPrompt prompt;
    private readonly Endpoint endpoint;
    private readonly ThinkingPlan thinking;
    private readonly IReadOnlyList<Field> sent;

    /// <param name="memory">With what this question has just been taught.</param>
    /// <param name="thinking">What is passed on from a client stays as it is.</param>
    public WireRequest(ModelPrompt prompt, Endpoint endpoint, EndpointMemory memory, ThinkingPlan thinking)
    {
        (this.prompt, this.endpoint, this.thinking, Memory) = (prompt, endpoint, thinking, memory);
        var passed = prompt.Passed ?? new Dictionary<string, JsonElement>();
        var ours = Fields.Where(field => field.Belongs(this) && !passed.ContainsKey(field.Name));
        var theirs = passed.Select(member => new Field(member.Key, (json, _) => member.Value.WriteTo(json)));
        sent = [.. ours.Concat(theirs).Where(field => !Memory.RejectedFields.Contains(field.Name))];
    }

    /// <summary>What was known of the server when this was put together; another question may have learnt more since.</summary>
    public EndpointMemory Memory { get; }

    public bool Has(string field) => sent.Any(row => row.Name == field);

    /// <summary>The schema that is sent has bounds.</summary>
    public bool IsBounded => Has("response_format") && prompt.BoundedSchema is not null && !Memory.SlimSchema;

    public BinaryContent Body()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var field in sent)
            {
                json.WritePropertyName(field.Name);
                field.Write(json, this);
            }
            json.WriteEndObject();
        }
        return BinaryContent.Create(BinaryData.FromBytes(bytes.WrittenMemory));
    }

    private static void WriteMessages(Utf8JsonWriter json, WireRequest request)
    {
        json.WriteStartArray();
        foreach (var message in request.Shaped())
        {
            json.WriteStartObject();
            json.WriteString("role", RoleOf(message.Role));
            json.WriteString("content", message.Text);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteSchema(Utf8JsonWriter json, WireRequest request)
    {
        json.WriteStartObject();
        json.WriteString("type", "json_schema");
        json.WriteStartObject("json_schema");
        json.WriteString("name", "answer");
        json.WritePropertyName("schema");
        json.WriteRawValue(request.IsBounded ? request.prompt.BoundedSchema! : request.prompt.Schema!);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteStreamOptions(Utf8JsonWriter json, WireRequest request)
    {
        json.WriteStartObject();
        json.WriteBoolean("include_usage", true);
        json.WriteEndObject();
    }

    private static void WriteLimit(Utf8JsonWriter json, WireRequest request) =>
        json.WriteNumberValue(request.prompt.MaxOutputTokens + request.thinking.Room);

    /// <summary>The messages as the server's template takes them.</summary>
    private List<PromptMessage> Shaped()
    {
        var shaped = new List<PromptMessage>();
        foreach (var message in prompt.Messages)
        {
            var role = Memory.MergeSystem && message.Role == PromptRole.System ? PromptRole.User : message.Role;
            if ((Memory.MergeSystem || Memory.MergeNeighbours) && shaped.LastOrDefault() is { } last && last.Role == role)
            {
                shaped[^1] = last with { Text = last.Text + "\n\n" + message.Text };
            }
            else
            {
                shaped.Add(new(role, message.Text));
            }
        }
        if (thinking.Switch is not null && shaped is [.., { Role: PromptRole.User } asked])
        {
            shaped[^1] = asked with { Text = asked.Text + ThinkingSwitch.Words };
        }
        return shaped;
    }

    private static string RoleOf(PromptRole role) =>
        role switch
        {
            PromptRole.System => "system",
            PromptRole.Assistant => "assistant",
            _ => "user",
        };

    /// <param name="Write">Writes its value.</param>
    private sealed record Field(string Name, Action<Utf8JsonWriter, WireRequest> Write)
    {
        /// <summary>Whether this question to this server has it at all.</summary>
        public Func<WireRequest, bool> Belongs { get; init; } = _ => true;
    }
}
