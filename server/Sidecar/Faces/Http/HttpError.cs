using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace CodexSidecar.Faces.Http;

/// <summary>The one shape of every refusal; the message says what happened and what to do.</summary>
internal sealed record ErrorBody(ErrorWords Error);

/// <param name="Param">The part of the request that is wrong, as a JSON path.</param>
internal sealed record ErrorWords(string Message, string Type, string? Param, string Code)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ErrorDetails? Details { get; init; }
}

/// <param name="Level">The one the call was judged by.</param>
internal sealed record ErrorDetails(string Level, string? Rule);

/// <summary>Ends a request with a status; only before the answer has begun.</summary>
internal sealed class HttpError(int status, string code, string message, string? param = null) : Exception(message)
{
    // Clients repeat a request whose error is of type server_error or rate_limit_exceeded; none of ours gets better by that.
    private const string Type = "invalid_request_error";

    public int Status => status;

    public ErrorDetails? Details { get; init; }

    public ErrorBody Body => new(new(Message, Type, param, code) { Details = Details });

    public static async Task WriteAsync(HttpResponse response, HttpError error)
    {
        response.StatusCode = error.Status;
        response.ContentType = "application/json; charset=utf-8";
        if (error.Status is 423 or 429)
        {
            response.Headers.RetryAfter = "2";
        }
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(error.Body, HttpJson.Wire.ErrorBody));
    }
}
