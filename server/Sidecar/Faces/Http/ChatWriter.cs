using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace CodexSidecar.Faces.Http;

/// <summary>Writes an answer to one client, streamed or as one JSON. A stream's status and first byte go out before any work; those of a
/// JSON wait a little for what can be wrong. Then every ten silent seconds a sign of life.</summary>
internal sealed class ChatWriter(ChatRequest request, string id, TimeProvider time)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    /// <summary>Within it a failure of a whole answer still has its status.</summary>
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(5);
    private const int LettersOfToken = 4;
    private readonly StringBuilder said = new();
    private readonly long created = time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Hears the whole text of the answer before its end goes out: the client's next message may come right after.</summary>
    public Action<string>? Ending { get; init; }

    /// <returns>True: all of it was handed to the connection.</returns>
    public Task<bool> WriteAsync(HttpResponse response, LiveAnswer answer, CancellationToken cancellationToken) =>
        request.Stream ? StreamAsync(response, answer, cancellationToken) : WholeAsync(response, answer, cancellationToken);

    private async Task<bool> StreamAsync(HttpResponse response, LiveAnswer answer, CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        await SendAsync(response, Chunk(new() { Role = "assistant", Content = "" }), cancellationToken);
        for (var index = 0; ; )
        {
            var piece = await answer.AtAsync(index, Silence, time, cancellationToken);
            index += piece is null ? 0 : 1;
            switch (piece)
            {
                case null:
                    await SendAsync(response, ": keep-alive\n\n", cancellationToken);
                    break;
                case { Kind: AnswerPieceKind.Progress }:
                    await SendAsync(response, Chunk(new() { ReasoningContent = piece.Text }), cancellationToken);
                    break;
                case { Kind: AnswerPieceKind.Content }:
                    await SendAsync(response, Chunk(new() { Content = Fitting(piece) }), cancellationToken);
                    break;
                case { Kind: AnswerPieceKind.Error }:
                    var error = JsonSerializer.Serialize(new HttpError(400, piece.Code!, piece.Text).Body, HttpJson.Wire.ErrorBody);
                    await SendAsync(response, $"data: {error}\n\ndata: [DONE]\n\n", cancellationToken);
                    return true;
                default:
                    Ending?.Invoke(said.ToString());
                    await SendAsync(
                        response,
                        $"{Chunk(new(), piece.Finish)}{(request.IncludeUsage ? Usage(piece) : "")}data: [DONE]\n\n",
                        cancellationToken
                    );
                    return true;
            }
        }
    }

    /// <summary>Blanks before a JSON are no part of it; they keep the connection of a patient client alive.</summary>
    private async Task<bool> WholeAsync(HttpResponse response, LiveAnswer answer, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        response.ContentType = "application/json; charset=utf-8";
        for (var index = 0; ; )
        {
            var left = Held - time.GetElapsedTime(began);
            var patience =
                response.HasStarted ? Silence
                : left > TimeSpan.Zero ? left
                : TimeSpan.Zero;
            var piece = await answer.AtAsync(index, patience, time, cancellationToken);
            index += piece is null ? 0 : 1;
            if (piece is null)
            {
                await SendAsync(response, " ", cancellationToken);
            }
            else if (piece.Kind is AnswerPieceKind.End)
            {
                Ending?.Invoke(said.ToString());
                var whole = new ChatCompletion(
                    id,
                    "chat.completion",
                    created,
                    request.Model,
                    [new(0, new("assistant", said.ToString()), piece.Finish)],
                    Count(piece)
                );
                await SendAsync(response, JsonSerializer.Serialize(whole, HttpJson.Wire.ChatCompletion), cancellationToken);
                return true;
            }
            else if (piece.Kind is AnswerPieceKind.Error)
            {
                var error = new HttpError(400, piece.Code!, piece.Text);
                if (!response.HasStarted)
                {
                    await HttpError.WriteAsync(response, error);
                    return true;
                }
                // The status has gone out with the first blank. Words of an error are never the answer: a client would write them into a
                // file.
                await SendAsync(
                    response,
                    JsonSerializer.Serialize(new LateError(error.Body.Error, []), HttpJson.Wire.LateError),
                    cancellationToken
                );
                return true;
            }
            else if (piece.Kind is AnswerPieceKind.Content)
            {
                Fitting(piece);
            }
        }
    }

    /// <summary>A client's max_tokens is about the text it gets, not about the run.</summary>
    private string Fitting(AnswerPiece piece)
    {
        var text =
            request.MaxTokens is { } most && piece.Text.Length / LettersOfToken >= most && piece.Short is { } words
                ? HttpMapping.Cut(words, most * LettersOfToken)
                : piece.Text;
        said.Append(text);
        return text;
    }

    private string Chunk(ChatDelta delta, string? finish = null) =>
        Data(new(id, "chat.completion.chunk", created, request.Model, [new(0, delta, finish)]));

    private string Usage(AnswerPiece end) => Data(new(id, "chat.completion.chunk", created, request.Model, []) { Usage = Count(end) });

    private ChatUsage Count(AnswerPiece end)
    {
        // About four letters are a token; of a run a client only draws its meter with it.
        var asked = request.Turns.Sum(turn => turn.Text.Length + 16) / LettersOfToken;
        var answered = (said.Length + 3) / LettersOfToken;
        return end.Usage ?? new(asked, answered, asked + answered);
    }

    private static string Data(ChatChunk chunk) => $"data: {JsonSerializer.Serialize(chunk, HttpJson.Wire.ChatChunk)}\n\n";

    private static async Task SendAsync(HttpResponse response, string text, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
