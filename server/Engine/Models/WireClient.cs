using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using OpenAI;
using OpenAI.Chat;

namespace CodexSidecar.Engine.Models;

/// <summary>
/// One request to the server, one reply back, over the OpenAI package's protocol method: its pipeline, key and transport, our own bytes in
/// both directions. Every failure leaves here as a <see cref="WireException"/>; whether to ask again is decided above.
/// </summary>
internal sealed class WireClient : IDisposable
{
    private const int LongestError = 64 << 10;

    private readonly HttpClient http;
    private readonly ChatClient chat;

    /// <summary>What the server shows of its work beside a request.</summary>
    public ServerLook Look { get; }

    public WireClient(Endpoint endpoint)
    {
        http = new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = !endpoint.BaseUrl.IsLoopback,
                ConnectTimeout = TimeSpan.FromSeconds(2),
                // A reply we turn away from is not read to its end for the sake of the connection: the model would go on working for
                // nobody.
                MaxResponseDrainSize = 0,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        Look = new(endpoint, http);
        // All limits and repetitions are ours: the package would repeat three times by itself and give up after 100 seconds.
        chat = new(
            endpoint.Model,
            new ApiKeyCredential(endpoint.Key),
            new OpenAIClientOptions
            {
                Endpoint = endpoint.BaseUrl,
                Transport = new Transport(http),
                RetryPolicy = new ClientRetryPolicy(0),
                NetworkTimeout = Timeout.InfiniteTimeSpan,
            }
        );
    }

    /// <summary>The chunks that say something, as they come; the last one has an end. Leaving early closes the connection.</summary>
    /// <exception cref="WireException">Whatever went wrong, before or in the reply.</exception>
    public async IAsyncEnumerable<WireChunk> AskAsync(
        ModelCall call,
        WireRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var watch = new ByteWatch(
            call.Time,
            call.Limits,
            token => Look.AskAsync(call.Time, token),
            () => TellWaiting(call),
            cancellationToken
        );
        using var answer = await SendAsync(call, request, watch, cancellationToken);
        var isWhole =
            answer.Headers.TryGetValue("Content-Type", out var type)
            && MediaTypeHeaderValue.TryParse(type, out var parsed)
            && parsed.MediaType == "application/json";
        var isKnown = false;
        var tellsEnd = call.Endpoint.Family != EndpointFamily.Unknown;
        await foreach (var chunk in WireReader.ReadAsync(answer.ContentStream!, watch, tellsEnd, cancellationToken))
        {
            if (!isKnown)
            {
                // Not before: an error may come in any form.
                isKnown = true;
                call.Endpoint.Learn(memory => memory with { AnswersWhole = isWhole });
            }
            if (chunk.Prefill is { } prefill)
            {
                call.Listener.Progress("prefill", Math.Clamp(prefill, 0, 1), estimated: false);
            }
            if (chunk.Text.Length + chunk.Thought.Length > 0 && call.FirstTokenAt == 0)
            {
                (call.FirstTokenAt, call.Endpoint.IsLoaded) = (call.Time.GetTimestamp(), true);
            }
            if (!chunk.IsSilent)
            {
                yield return chunk;
            }
        }
    }

    public void Dispose() => http.Dispose();

    private static void TellWaiting(ModelCall call) =>
        call.Listener.Notice(
            "Waiting for the model server",
            $"{call.Endpoint.Address} is there, but has not begun to answer: it may be at work for somebody else. "
                + "Waiting as long as it shows that it works."
        );

    /// <returns>A good answer, its body unread.</returns>
    private async Task<PipelineResponse> SendAsync(
        ModelCall call,
        WireRequest request,
        ByteWatch watch,
        CancellationToken cancellationToken
    )
    {
        try
        {
            (call.SentAt, call.FirstTokenAt) = (call.Time.GetTimestamp(), 0);
            using var body = request.Body();
            var result = await chat.CompleteChatAsync(
                body,
                new RequestOptions
                {
                    BufferResponse = false,
                    ErrorOptions = ClientErrorBehaviors.NoThrow,
                    CancellationToken = watch.Token,
                }
            );
            var answer = result.GetRawResponse();
            watch.Heard();
            call.Endpoint.WasThere = true;
            if (answer.Status == 200)
            {
                return answer;
            }
            using (answer)
            {
                throw await RefusalAsync(answer, call.Time.GetUtcNow(), watch.Token);
            }
        }
        catch (Exception failed) when (failed is ClientResultException or HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Explain(failed, watch);
        }
    }

    private static WireException Explain(Exception failed, ByteWatch watch)
    {
        if (watch.Expired)
        {
            return watch.Silence();
        }
        if (failed is OperationCanceledException)
        {
            // Without our doing, only the limit on connecting cancels.
            return new(WireFault.Refused, "the connection was not made within 2 seconds");
        }
        // The package wraps what its transport throws.
        var cause = failed is ClientResultException { InnerException: { } inner } ? inner : failed;
        var never =
            (cause as HttpRequestException)?.HttpRequestError
            is HttpRequestError.ConnectionError
                or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError;
        return never
            ? new(WireFault.Refused, cause.InnerException?.Message ?? cause.Message)
            : new(WireFault.Lost, "the connection broke before the reply");
    }

    private static async Task<WireException> RefusalAsync(PipelineResponse answer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var start = new byte[LongestError];
        var count = await answer.ContentStream!.ReadAtLeastAsync(start, LongestError, throwOnEndOfStream: false, cancellationToken);
        var raw = Encoding.UTF8.GetString(start, 0, count);
        var wait =
            answer.Headers.TryGetValue("Retry-After", out var header) && RetryConditionHeaderValue.TryParse(header, out var parsed)
                ? parsed.Delta ?? (parsed.Date - now)
                : null;
        var error = WireError.Read(raw);
        return new(WireFault.Status, error.Text, answer.Status, wait, raw) { Name = error.Name };
    }

    /// <summary>The package tells every server this machine's system and runtime.</summary>
    private sealed class Transport(HttpClient http) : HttpClientPipelineTransport(http)
    {
        protected override void OnSendingRequest(PipelineMessage message, HttpRequestMessage httpRequest)
        {
            base.OnSendingRequest(message, httpRequest);
            foreach (var name in httpRequest.Headers.Select(header => header.Key).Where(IsOfThePackage).ToList())
            {
                httpRequest.Headers.Remove(name);
            }
            httpRequest.Headers.Remove("User-Agent");
            httpRequest.Headers.UserAgent.ParseAdd("codex-sidecar");
        }

        private static bool IsOfThePackage(string header) => header.StartsWith("X-Stainless", StringComparison.OrdinalIgnoreCase);
    }
}
