using System.Globalization;
using System.Text.Json;

namespace CodexSidecar.Engine.Models;

/// <summary>JSON of which nothing can be relied on: what is missing, null or of another kind is null, and nothing throws.</summary>
internal static class TolerantJson
{
    public static JsonElement? Parse(string json)
    {
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Null for JSON's null too.</summary>
    public static JsonElement? Member(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } there
        && there.TryGetProperty(name, out var value)
        && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    /// <summary>The first item of a list.</summary>
    public static JsonElement? First(JsonElement? list) =>
        list is { ValueKind: JsonValueKind.Array } there && there.GetArrayLength() > 0 ? there[0] : null;

    /// <summary>A number, or a text that is one.</summary>
    public static long? Number(JsonElement? element, string name) =>
        Member(element, name) is { } value
        && double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && Math.Abs(number) < 1e15
            ? (long)number
            : null;
}
