using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using CodexSidecar.Contracts;
using Microsoft.AspNetCore.Http;

namespace CodexSidecar.Faces.Http;

/// <summary>Small things that several routes say.</summary>
internal static class HttpWords
{
    private const int LongestClient = 80;

    /// <summary>For the audit. Anybody can claim any name, so it is marked.</summary>
    public static string Client(HttpRequest request)
    {
        var name = string.Concat(request.Headers.UserAgent.ToString().Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return name.Length == 0 ? "unnamed (unproven)" : $"{(name.Length > LongestClient ? name[..LongestClient] : name)} (unproven)";
    }

    public static async Task WriteAsync<T>(HttpResponse response, T body, JsonTypeInfo<T> type)
    {
        response.ContentType = "application/json; charset=utf-8";
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body, type));
    }

    /// <exception cref="HttpError">It is no JSON object, or too large.</exception>
    public static async Task<JsonElement> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, cancellationToken);
            ReadOnlyMemory<byte> bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
            bytes = bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            CheckText(bytes.Span);
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new HttpError(400, "bad_json", "The request has to be a JSON object.", "$");
        }
        catch (JsonException broken)
        {
            throw new HttpError(
                400,
                "bad_json",
                broken.LineNumber is { } line
                    ? $"The request is no JSON: line {line + 1}, byte {broken.BytePositionInLine + 1}."
                    : "A member of the request is given twice."
            );
        }
        catch (InvalidOperationException)
        {
            throw new HttpError(
                400,
                "bad_json",
                "A text of the request is no Unicode: its bytes are no UTF-8, or half a pair of surrogates stands in it."
            );
        }
    }

    /// <summary>The library finds out only when a text is asked for.</summary>
    /// <exception cref="InvalidOperationException">A text cannot be read.</exception>
    private static void CheckText(ReadOnlySpan<byte> json)
    {
        var isUtf8 = Utf8.IsValid(json);
        for (var reader = new Utf8JsonReader(json); reader.Read(); )
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && (!isUtf8 || reader.ValueIsEscaped))
            {
                reader.GetString();
            }
        }
    }

    /// <summary>A request may lower the level of the start, never raise it.</summary>
    /// <exception cref="HttpError">There is no such level.</exception>
    public static Level LevelOf(HttpRequest request, Level started)
    {
        if (request.Headers["X-Codex-Sidecar-Level"].ToString() is not { Length: > 0 } named)
        {
            return started;
        }
        foreach (var level in Enum.GetValues<Level>())
        {
            if (named == Wire.Name(level) || named == ((int)level).ToString())
            {
                return level < started ? level : started;
            }
        }
        throw new HttpError(
            400,
            "bad_level",
            $"X-Codex-Sidecar-Level has to be one of {string.Join(", ", Enum.GetValues<Level>().Select(Wire.Name))}."
        );
    }
}
