using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Text.Json;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace CodexSidecar.Faces.Acp;

/// <summary>
/// One UTF-8 message per LF-ended line. Unlike the library's own handler a bad line costs only that line: it is answered with an error and
/// the next one is read.
/// A line over the limit is skipped without being held in memory; half a line at the end counts as the end.
/// </summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = Closed)]
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = Closed)]
internal sealed class AcpWire(Stream input, Stream output)
    : NewLineDelimitedMessageHandler(
        PipeWriter.Create(output),
        PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: 1 << 16)),
        new SystemTextJsonFormatter { JsonSerializerOptions = AcpJson.Wire.Options }
    )
{
    private const string Closed = "Every type that is read is in AcpJson; no other resolver is asked.";
    private const int LineLimit = 16 << 20;
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = AcpJson.Encoder, SkipValidation = true };
    private static readonly byte[] LineFeed = "\n"u8.ToArray();
    private readonly ConcurrentDictionary<RequestId, bool> asked = new();
    private bool anyRead;

    protected override async ValueTask<JsonRpcMessage?> ReadCoreAsync(CancellationToken cancellationToken)
    {
        var skipping = false;
        var seen = 0L;
        while (true)
        {
            var read = await Reader!.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            var end = buffer.Slice(seen).PositionOf((byte)'\n');
            var length = end is { } found ? buffer.GetOffset(found) - buffer.GetOffset(buffer.Start) : buffer.Length;
            if (length > LineLimit && !skipping)
            {
                skipping = true;
                await RefuseAsync(new(AcpError.InvalidRequest, "line_too_long"), RequestId.Null, cancellationToken);
            }
            if (end is not { } lineEnd)
            {
                if (read.IsCompleted)
                {
                    return null;
                }
                Reader.AdvanceTo(skipping ? buffer.End : buffer.Start, buffer.End);
                seen = skipping ? 0 : buffer.Length;
                continue;
            }
            try
            {
                if (!skipping && await ParseAsync(buffer.Slice(0, lineEnd), cancellationToken) is { } message)
                {
                    return message;
                }
                (skipping, seen) = (false, 0);
            }
            finally
            {
                Reader.AdvanceTo(buffer.GetPosition(1, lineEnd));
            }
        }
    }

    /// <summary>The library's writer escapes every non-ASCII letter and leaves the choice to nobody: six bytes per Cyrillic
    /// letter.</summary>
    protected override void Write(JsonRpcMessage content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var json = new Utf8JsonWriter(Writer!, WriterOptions);
        json.WriteStartObject();
        json.WriteString("jsonrpc"u8, "2.0"u8);
        if (content is IJsonRpcMessageWithId { RequestId.IsEmpty: false } identified)
        {
            Part("id"u8, identified.RequestId);
        }
        if (content is JsonRpcRequest request)
        {
            if (request.IsResponseExpected)
            {
                asked.TryAdd(request.RequestId, true);
            }
            json.WriteString("method"u8, request.Method);
            Part("params"u8, request.Arguments!);
        }
        else if (content is JsonRpcResult result)
        {
            Part("result"u8, result.Result ?? Empty.Object);
        }
        else if (content is JsonRpcError { Error: { } error })
        {
            json.WriteStartObject("error"u8);
            json.WriteNumber("code"u8, (int)error.Code);
            json.WriteString("message"u8, error.Message);
            if (error.Data is not null)
            {
                Part("data"u8, error.Data);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.Flush();
        Writer!.Write(LineFeed);

        void Part(ReadOnlySpan<byte> name, object value)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value, value.GetType(), AcpJson.Wire);
        }
    }

    private async ValueTask<JsonRpcMessage?> ParseAsync(ReadOnlySequence<byte> line, CancellationToken cancellationToken)
    {
        line = Trim(line);
        anyRead = true;
        if (line.IsEmpty)
        {
            return null;
        }
        var problem = LineCheck.Find(line);
        if (problem is null && Read(line) is { } message)
        {
            // An answer to nothing, or a second one, ends the connection in the library.
            return message is IJsonRpcMessageWithId and not JsonRpcRequest and var answer && !asked.TryRemove(answer.RequestId, out _)
                ? null
                : message;
        }
        var (error, id) = problem ?? (new AcpError(AcpError.InvalidRequest), RequestId.Null);
        await RefuseAsync(error, id, cancellationToken);
        return null;
    }

    /// <returns>Null: the library cannot read it.</returns>
    private JsonRpcMessage? Read(ReadOnlySequence<byte> line)
    {
        try
        {
            return Formatter.Deserialize(line);
        }
        catch (Exception unreadable)
            when (unreadable is JsonException or InvalidOperationException or FormatException or OverflowException or NotSupportedException)
        {
            return null;
        }
    }

    private ReadOnlySequence<byte> Trim(ReadOnlySequence<byte> line)
    {
        var first = line.FirstSpan;
        if (!anyRead && first is [0xEF, 0xBB, 0xBF, ..])
        {
            line = line.Slice(3);
        }
        return line.Length > 0 && line.Slice(line.Length - 1).FirstSpan[0] == '\r' ? line.Slice(0, line.Length - 1) : line;
    }

    private ValueTask RefuseAsync(AcpError error, RequestId id, CancellationToken cancellationToken) =>
        WriteAsync(
            new JsonRpcError
            {
                RequestId = id,
                Error = new()
                {
                    Code = (JsonRpcErrorCode)error.Code,
                    Message = error.Message,
                    Data = error.Kind is null ? null : new ErrorData(error.Kind),
                },
            },
            cancellationToken
        );
}
