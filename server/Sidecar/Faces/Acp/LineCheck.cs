using System.Buffers;
using System.Text.Json;
using StreamJsonRpc;

namespace CodexSidecar.Faces.Acp;

/// <summary>Says what is wrong with a line before the library sees it, since the library ends the connection over any of it.</summary>
internal static class LineCheck
{
    public static (AcpError Error, RequestId Id)? Find(ReadOnlySequence<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Find(document.RootElement);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // The second: text that is no Unicode.
            return (new AcpError(AcpError.ParseError), RequestId.Null);
        }
    }

    private static (AcpError, RequestId)? Find(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !IdOf(root, out var id))
        {
            return (new AcpError(AcpError.InvalidRequest), RequestId.Null);
        }
        if (
            !root.TryGetProperty("jsonrpc"u8, out var version)
            || !(version.ValueKind == JsonValueKind.String && version.ValueEquals("2.0"u8))
        )
        {
            return (new AcpError(AcpError.InvalidRequest), RequestId.Null);
        }
        if (root.TryGetProperty("method"u8, out var method))
        {
            if (method.ValueKind != JsonValueKind.String || method.GetString() is not { Length: > 0 })
            {
                return (new AcpError(AcpError.InvalidRequest), RequestId.Null);
            }
            if (!root.TryGetProperty("params"u8, out var parameters) || parameters.ValueKind is JsonValueKind.Object or JsonValueKind.Null)
            {
                return null;
            }
            return id.IsEmpty
                ? (new AcpError(AcpError.InvalidRequest), RequestId.Null)
                : (new AcpError(AcpError.InvalidParams, "params"), id);
        }
        // An answer to one of our questions.
        if (!id.IsEmpty && root.TryGetProperty("result"u8, out _))
        {
            return null;
        }
        if (!id.IsEmpty && root.TryGetProperty("error"u8, out var error) && IsError(error))
        {
            return null;
        }
        return (new AcpError(AcpError.InvalidRequest), RequestId.Null);
    }

    private static bool IsError(JsonElement error) =>
        error.ValueKind == JsonValueKind.Object
        && error.TryGetProperty("code"u8, out var code)
        && code.ValueKind == JsonValueKind.Number
        && code.TryGetInt32(out _)
        && error.TryGetProperty("message"u8, out var message)
        && message.ValueKind == JsonValueKind.String;

    private static bool IdOf(JsonElement root, out RequestId id)
    {
        id = default;
        if (!root.TryGetProperty("id"u8, out var element))
        {
            return true;
        }
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                id = new RequestId(element.GetString());
                return true;
            case JsonValueKind.Number when element.TryGetInt64(out var number):
                id = new RequestId(number);
                return true;
            case JsonValueKind.Null:
                id = RequestId.Null;
                return true;
            default:
                return false;
        }
    }
}
