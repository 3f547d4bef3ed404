using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace CodexSidecar.Faces.Http;

/// <summary>Writes an answer to one client, streamed or as one JSON. Status and first byte go out before any work, and every ten silent seconds a sign of life.</summary>
internal sealed class ChatWriter(ChatRequest request, string id, TimeProvider time)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);
    private readonly long created = time.GetUtcNow().ToUnixTimeSeconds();

    /// <returns>True: all of it was handed to the connection.</returns>
    public Task<bool> WriteAsync(HttpResponse response, LiveAnswer answer, CancellationToken cancellationToken) =>
        request.Stream ? StreamAsync(response, answer, cancellationToken) : WholeAsync(response, answer, cancellationToken);

    private async Task<bool> StreamAsync(HttpResponse response, LiveAnswer answer, CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        await SendAsync(response, Chunk(new() { Role = "assistant", Content = "" }), cancellationToken);
        var said = 0;
        for (var index = 0; ;)
        {
            var piece = await answer.AtAsync(index, Silence, time, cancellationToken);
            index += piece is null ? 0 : 1;
            said += piece is { Kind: PieceKind.Content } ? piece.Text.Length : 0;
            switch (piece)
            {
                case null:
                    await SendAsync(response, ": keep-alive\n\n", cancellationToken);
                    break;
                case { Kind: PieceKind.Progress }:
                    await SendAsync(response, Chunk(new() { ReasoningContent = piece.Text }), cancellationToken);
                    break;
                case { Kind: PieceKind.Content }:
                    await SendAsync(response, Chunk(new() { Content = piece.Text }), cancellationToken);
                    break;
                case { Kind: PieceKind.Error }:
                    await SendAsync(response, $"data: {JsonSerializer.Serialize(new HttpError(400, piece.Code!, piece.Text).Body, HttpJson.Wire.ErrorBody)}\n\ndata: [DONE]\n\n", cancellationToken);
                    return true;
                default:
                    await SendAsync(response, $"{Chunk(new(), "stop")}{(request.IncludeUsage ? Usage(said) : "")}data: [DONE]\n\n", cancellationToken);
                    return true;
            }
        }
    }

    /// <summary>Blanks before a JSON are no part of it; they keep the connection of a patient client alive.</summary>
    private async Task<bool> WholeAsync(HttpResponse response, LiveAnswer answer, CancellationToken cancellationToken)
    {
        response.ContentType = "application/json; charset=utf-8";
        await response.StartAsync(cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
        var content = new StringBuilder();
        for (var index = 0; ;)
        {
            var piece = await answer.AtAsync(index, Silence, time, cancellationToken);
            index += piece is null ? 0 : 1;
            if (piece is null)
            {
                await SendAsync(response, " ", cancellationToken);
            }
            else if (piece.Kind is PieceKind.End)
            {
                var whole = new ChatCompletion(id, "chat.completion", created, request.Model, [new(0, new("assistant", content.ToString()), "stop")], Count(content.Length));
                await SendAsync(response, JsonSerializer.Serialize(whole, HttpJson.Wire.ChatCompletion), cancellationToken);
                return true;
            }
            else if (piece.Kind is not PieceKind.Progress)
            {
                content.Append(piece.Text);
            }
        }
    }

    private string Chunk(ChatDelta delta, string? finish = null) => Data(new(id, "chat.completion.chunk", created, request.Model, [new(0, delta, finish)]));

    private string Usage(int said) => Data(new(id, "chat.completion.chunk", created, request.Model, []) { Usage = Count(said) });

    private ChatUsage Count(int said)
    {
        // About four characters are a token; a client only draws its meter with it.
        var (asked, answered) = (request.Turns.Sum(turn => turn.Text.Length + 16) / 4, (said + 3) / 4);
        return new(asked, answered, asked + answered);
    }

    private static string Data(ChatChunk chunk) => $"data: {JsonSerializer.Serialize(chunk, HttpJson.Wire.ChatChunk)}\n\n";

    private static async Task SendAsync(HttpResponse response, string text, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
