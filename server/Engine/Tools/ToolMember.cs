using System.Buffers;
using System.Text.Json;

namespace CodexSidecar.Engine.Tools;

public enum ToolMemberType
{
    Text,
    Texts,
    Flag,
    Number,
}

/// <summary>One member of a tool's input.</summary>
/// <param name="Words">What it means, for clients; null: its values say it.</param>
public sealed record ToolMember(string Name, ToolMemberType Type, string? Words)
{
    public bool IsRequired { get; init; }

    /// <summary>The values a text may have; empty: any.</summary>
    public IReadOnlyList<string> OneOf { get; init; } = [];

    /// <summary>A flat object with these members and no others, as JSON schema.</summary>
    public static JsonElement Schema(IReadOnlyList<ToolMember> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "object");
            json.WriteStartObject("properties");
            foreach (var member in members)
            {
                member.Write(json);
            }
            json.WriteEndObject();
            WriteTexts(json, "required", [.. members.Where(member => member.IsRequired).Select(member => member.Name)]);
            json.WriteBoolean("additionalProperties", false);
            json.WriteEndObject();
        }
        using var schema = JsonDocument.Parse(buffer.WrittenMemory);
        return schema.RootElement.Clone();
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject(Name);
        json.WriteString("type", TypeName(Type));
        if (Type is ToolMemberType.Texts)
        {
            json.WriteStartObject("items");
            json.WriteString("type", TypeName(ToolMemberType.Text));
            json.WriteEndObject();
        }
        WriteTexts(json, "enum", OneOf);
        if (Words is not null)
        {
            json.WriteString("description", Words);
        }
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }
        json.WriteEndArray();
    }

    private static string TypeName(ToolMemberType type) =>
        type switch
        {
            ToolMemberType.Text => "string",
            ToolMemberType.Texts => "array",
            ToolMemberType.Flag => "boolean",
            ToolMemberType.Number => "integer",
        };
}
