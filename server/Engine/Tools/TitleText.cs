using System.Text.Json;

namespace CodexSidecar.Engine.Tools;

/// <summary>Titles for people: one line, not too long.</summary>
public static class TitleText
{
    private const int MostLength = 80;

    public static string FirstLine(string text)
    {
        var line = text.AsSpan().Trim();
        if (line.IndexOfAny('\r', '\n') is >= 0 and var end)
        {
            line = line[..end];
        }
        return line.Length <= MostLength ? line.ToString() : $"{line[..(MostLength - 1)]}…";
    }

    /// <returns>The first of these members that the input has, in words; empty: it has none of them.</returns>
    internal static string Field(JsonElement input, params ReadOnlySpan<string> names)
    {
        if (input.ValueKind is not JsonValueKind.Object)
        {
            return "";
        }
        foreach (var name in names)
        {
            if (input.TryGetProperty(name, out var value))
            {
                return value.ValueKind switch
                {
                    JsonValueKind.String => FirstLine(value.GetString()!),
                    JsonValueKind.Array => FirstLine(string.Join(' ', value.EnumerateArray().Select(item => item.ToString()))),
                    _ => value.GetRawText(),
                };
            }
        }
        return "";
    }
}
