using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace CodexSidecar.Engine.Models;

/// <summary>
/// Between the OpenAI package and the server: sends what the server understands and gives the package the one clean dialect it understands.
/// Every error of the wire leaves here as a <see cref="WireException"/>, which the package passes on unchanged.
/// </summary>
internal sealed class WireHandler(ModelCall call, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int LongestError = 64 << 10;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await TranslateAsync(request, cancellationToken);
        var watch = new ByteWatch(call.Time, call.Limits, call.CancellationToken);
        HttpResponseMessage? answer = null;
        try
        {
            call.SentAt = call.Time.GetTimestamp();
            call.FirstTokenAt = 0;
            answer = await base.SendAsync(request, watch.Token);
            watch.Heard();
            call.Endpoint.WasThere = true;
            if (answer.StatusCode != HttpStatusCode.OK)
                throw await RefusalAsync(answer, watch.Token);
            return await CleanAsync(answer, watch);
        }
        catch (Exception failed)
        {
            answer?.Dispose();
            var expired = watch.Expired;
            watch.Dispose();
            call.CancellationToken.ThrowIfCancellationRequested();
            if (failed is HttpRequestException or IOException or OperationCanceledException)
                throw Explain(failed, expired, watch.Current);
            throw;
        }
    }

    private async Task TranslateAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        foreach (var header in request.Headers.Select(header => header.Key).Where(name => name.StartsWith("X-Stainless", StringComparison.OrdinalIgnoreCase)).ToList())
            request.Headers.Remove(header);
        // The package names this machine's system and runtime.
        request.Headers.Remove("User-Agent");
        request.Headers.UserAgent.ParseAdd("codex-sidecar");
        var body = (JsonObject)JsonNode.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken))!;
        request.Content = new StringContent(WireRequest.Translate(body, call.Prompt, call.Endpoint.Memory, call.Endpoint.Family).ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
    }

    private static WireException Explain(Exception failed, bool expired, TimeSpan limit) =>
        expired ? new(WireFault.Stalled, $"nothing came for {limit.TotalSeconds:0} seconds")
        // Without our doing, only the limit on connecting cancels.
        : failed is OperationCanceledException ? new(WireFault.Refused, "the connection was not made within 2 seconds")
        : failed is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } never
            ? new(WireFault.Refused, never.InnerException?.Message ?? never.Message)
        : new(WireFault.Lost, "the connection broke before the reply");

    private async Task<WireException> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var start = new byte[LongestError];
        var count = await body.ReadAtLeastAsync(start, LongestError, throwOnEndOfStream: false, cancellationToken);
        var raw = Encoding.UTF8.GetString(start, 0, count);
        var wait = answer.Headers.RetryAfter;
        return new(WireFault.Status, WireChunk.ErrorText(raw), (int)answer.StatusCode, wait?.Delta ?? (wait?.Date is { } date ? date - call.Time.GetUtcNow() : null), raw);
    }

    private async Task<HttpResponseMessage> CleanAsync(HttpResponseMessage answer, ByteWatch watch)
    {
        var body = await answer.Content.ReadAsStreamAsync(watch.Token);
        var messages = MessagesAsync(answer, body, watch).GetAsyncEnumerator(CancellationToken.None);
        var clean = new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StreamContent(new WireStream(messages, new Both(answer, watch))),
            RequestMessage = answer.RequestMessage,
        };
        clean.Content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        return clean;
    }

    private async IAsyncEnumerable<byte[]> MessagesAsync(HttpResponseMessage answer, Stream body, ByteWatch watch)
    {
        var whole = answer.Content.Headers.ContentType?.MediaType == "application/json";
        call.Endpoint.Learn(memory => memory with { AnswersWhole = whole });
        await foreach (var chunk in WireReader.ReadAsync(body, watch, call.CancellationToken))
        {
            if (chunk.Prefill is { } prefill)
                call.Listener.Progress("prefill", Math.Clamp(prefill, 0, 1), estimated: false);
            if (chunk.Text.Length + chunk.Thought.Length > 0 && call.FirstTokenAt == 0)
                (call.FirstTokenAt, call.Endpoint.IsLoaded) = (call.Time.GetTimestamp(), true);
            if (WireMessage.Write(chunk) is { } message)
                yield return message;
        }
        yield return "data: [DONE]\n\n"u8.ToArray();
    }

    private sealed record Both(IDisposable First, IDisposable Second) : IDisposable
    {
        public void Dispose()
        {
            First.Dispose();
            Second.Dispose();
        }
    }
}
