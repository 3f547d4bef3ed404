using System.Buffers;
using System.Text.Json;
using CodexSidecar.Engine.Policy;

namespace CodexSidecar.Engine.Tools;

/// <summary>Text on its way out of a tool: without secrets, not too long, a cut is said.</summary>
internal static class ToolText
{
    /// <summary>Characters of a result, about 8,000 tokens.</summary>
    public const int MostChars = 32_000;

    private const int MostInputChars = 4_000,
        MostLine = 500;

    /// <param name="mostChars">Two thirds are kept from the beginning, one third from the end, both up to the end of a line if there is one
    /// near.</param>
    public static string ForModel(string text, int mostChars = MostChars)
    {
        text = Secrets.Redact(text);
        if (text.Length <= mostChars)
        {
            return text;
        }
        var (most, least) = (mostChars * 2 / 3, text.Length - mostChars / 3);
        var head = text.LastIndexOf('\n', most) + 1 is var end && end > most / 2 ? end : most;
        var tail = text.IndexOf('\n', least) + 1 is var start && start > 0 && start < text.Length - mostChars / 6 ? start : least;
        return $"{text[..head].TrimEnd('\n')}\n[… {tail - head} characters left out …]\n{text[tail..]}";
    }

    /// <summary>One line for people: nothing that moves a cursor or breaks a line.</summary>
    public static string Line(string text)
    {
        var line = Secrets.Redact(text.Length > MostInputChars ? text[..MostInputChars] : text);
        line = string.Concat(
            (line.Length > MostLine ? line[..MostLine] + "…" : line).Select(letter => char.IsControl(letter) ? ' ' : letter)
        );
        return line.Trim();
    }

    /// <summary>The input of a call as events may show it.</summary>
    /// <exception cref="InvalidOperationException">A text in it is half a character (<c>\ud800</c>).</exception>
    public static JsonElement Input(JsonElement input)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Copy(input, writer);
        }
        using var copy = JsonDocument.Parse(buffer.WrittenMemory);
        return copy.RootElement.Clone();
    }

    private static void Copy(JsonElement value, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Copy(member.Value, writer);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Copy(item, writer);
                }
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(ForModel(value.GetString()!, MostInputChars));
                break;
            case JsonValueKind.Undefined:
                writer.WriteNullValue();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
