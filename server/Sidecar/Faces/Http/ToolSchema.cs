using System.Text.Json;

namespace CodexSidecar.Faces.Http;

/// <summary>Holds a request to the schema that its client was shown. Those schemas are flat: members of a plain type, enums, lists of
/// texts.</summary>
internal static class ToolSchema
{
    /// <exception cref="HttpError">bad_argument, with the path of what is wrong.</exception>
    public static void Check(JsonElement schema, JsonElement input)
    {
        var members = schema.GetProperty("properties");
        foreach (var given in input.EnumerateObject())
        {
            if (!members.TryGetProperty(given.Name, out var member))
            {
                throw Wrong(
                    given.Name,
                    $"is unknown; the members are {string.Join(", ", members.EnumerateObject().Select(known => known.Name))}"
                );
            }
            if (!Fits(member, given.Value))
            {
                throw Wrong(given.Name, $"has to be {Words(member)}");
            }
        }
        if (
            schema.TryGetProperty("required", out var required)
            && required.EnumerateArray().FirstOrDefault(name => !input.TryGetProperty(name.GetString()!, out _))
                is { ValueKind: JsonValueKind.String } missing
        )
        {
            throw Wrong(missing.GetString()!, "is missing");
        }
    }

    private static bool Fits(JsonElement schema, JsonElement value) =>
        schema.GetProperty("type").GetString() switch
        {
            "string" => value.ValueKind is JsonValueKind.String
                && (!schema.TryGetProperty("enum", out var one) || one.EnumerateArray().Any(known => known.ValueEquals(value.GetString()))),
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "integer" => value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0,
            _ => value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String),
        };

    private static string Words(JsonElement schema) =>
        schema.GetProperty("type").GetString() switch
        {
            "string" when schema.TryGetProperty("enum", out var one) =>
                $"one of {string.Join(", ", one.EnumerateArray().Select(known => known.GetString()))}",
            "string" => "a text",
            "boolean" => "true or false",
            "integer" => "a whole number from 0",
            _ => "a list of texts",
        };

    private static HttpError Wrong(string member, string why) => new(422, "bad_argument", $"\"{member}\" {why}.", $"$.{member}");
}
