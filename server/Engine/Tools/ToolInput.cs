using System.Globalization;
using System.Text.Json;

namespace CodexSidecar.Engine.Tools;

/// <summary>The members of a tool's input, read as forgivingly as they are clear: a number may be text, a list of one may be
/// bare.</summary>
internal readonly struct ToolInput(ITool tool, JsonElement input)
{
    public string Text(string name) => OptionalText(name) ?? throw Wrong($"\"{name}\" is missing");

    public string? OptionalText(string name) =>
        Find(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            _ => throw Wrong($"\"{name}\" has to be text"),
        };

    public IReadOnlyList<string> Texts(string name)
    {
        if (Find(name) is not { ValueKind: JsonValueKind.Array } list)
        {
            return OptionalText(name) is { } one ? [one] : [];
        }
        return list.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(item => item.GetString()!)]
            : throw Wrong($"\"{name}\" has to be a list of texts");
    }

    public bool Flag(string name) =>
        Find(name) switch
        {
            null => false,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { ValueKind: JsonValueKind.String } text when bool.TryParse(text.GetString(), out var flag) => flag,
            _ => throw Wrong($"\"{name}\" has to be true or false"),
        };

    public int? Number(string name) =>
        OptionalText(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Wrong($"\"{name}\" has to be a number");

    public ToolInputException Wrong(string why) => new($"{tool.Name}: {why}. Its input looks like this: {tool.Usage(readOnly: false)}");

    private JsonElement? Find(string name)
    {
        if (input.ValueKind is not JsonValueKind.Object)
        {
            throw Wrong("the input has to be an object");
        }
        return input.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;
    }
}
