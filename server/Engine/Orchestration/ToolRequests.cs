using System.Text.Json;
using CodexSidecar.Engine.Models;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>A tool call as the model wrote it: <c>{"tool": "read_file", "path": "a.cs"}</c>.</summary>
internal sealed record ToolRequest(string Tool, JsonElement Input)
{
    /// <summary>For the guard and for the answer: the same words for the same call.</summary>
    public string Words => $"{Tool} {Input.GetRawText()}";
}

/// <summary>Finds the tool calls in a reply; the common other shapes (name and arguments, input, parameters) are understood too.</summary>
internal static class ToolRequests
{
    private static readonly string[] Names = ["tool", "name", "function"];
    private static readonly string[] Inputs = ["input", "arguments", "args", "parameters"];

    public static IReadOnlyList<ToolRequest> Find(string reply) => [.. JsonObjects.Find(reply).Select(Read).OfType<ToolRequest>()];

    private static ToolRequest? Read(JsonDocument document)
    {
        using (document)
        {
            var root = document.RootElement;
            var name = Names
                .Select(key =>
                    root.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null
                )
                .FirstOrDefault(value => value is { Length: > 0 });
            if (name is null)
            {
                return null;
            }
            foreach (var key in Inputs)
            {
                if (root.TryGetProperty(key, out var inner) && inner.ValueKind is JsonValueKind.Object)
                {
                    return new(name, inner.Clone());
                }
            }
            return new(name, Without(root, Names));
        }
    }

    private static JsonElement Without(JsonElement element, IReadOnlyCollection<string> names)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var property in element.EnumerateObject().Where(property => !names.Contains(property.Name)))
            {
                property.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        using var document = JsonDocument.Parse(buffer.ToArray());
        return document.RootElement.Clone();
    }
}
