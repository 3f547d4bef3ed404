using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace CodexSidecar.Engine.Models;

/// <summary>Asks an address what it is. Only GETs: nothing is generated, loaded or changed by looking.</summary>
internal sealed class EndpointProbe : IDisposable
{
    private const int LongestBody = 4 << 20;

    private static readonly string[] FamilyPaths = ["/props", "/api/version", "/api/ps", "/api/v0/models", "/openapi.json"];

    private readonly HttpClient http;
    private readonly TimeSpan answer;

    /// <param name="connect">A port of this machine answers at once or not at all.</param>
    /// <param name="answer">For each question. A server that serves one at a time may be busy.</param>
    public EndpointProbe(TimeSpan connect, TimeSpan answer, bool isLoopback)
    {
        this.answer = answer;
        http = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectTimeout = connect,
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = !isLoopback,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LongestBody,
        };
    }

    public async Task<EndpointAnswer> AskAsync(Uri baseUrl, string key, CancellationToken cancellationToken)
    {
        try
        {
            var (status, list) = await GetAsync(new Uri(baseUrl.AbsoluteUri.TrimEnd('/') + "/models"), key, cancellationToken);
            var root = EndpointAddress.Root(baseUrl);
            var others = await Task.WhenAll(
                FamilyPaths.Select(async path => (path, body: await TryGetAsync(root + path, key, cancellationToken)))
            );
            var came = others.Where(one => one.body is not null).ToDictionary(one => one.path, one => one.body!.Value);
            return EndpointAnswer.Read(status, list, came);
        }
        catch (HttpRequestException failed)
        {
            return new(
                failed.HttpRequestError switch
                {
                    HttpRequestError.ConnectionError => "refused",
                    HttpRequestError.NameResolutionError => "no such host",
                    HttpRequestError.SecureConnectionError => "no secure connection",
                    _ => "answers, but is no model server",
                },
                failed.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError ? 0 : -1,
                false,
                "",
                []
            );
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new("timed out", -1, false, "", []);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<JsonElement?> TryGetAsync(string url, string key, CancellationToken cancellationToken)
    {
        try
        {
            return (await GetAsync(new Uri(url), key, cancellationToken)).Body;
        }
        catch (Exception failed)
            when (failed is HttpRequestException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private async Task<(int Status, JsonElement? Body)> GetAsync(Uri url, string key, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(answer);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.UserAgent.ParseAdd("codex-sidecar");
        // A server that serves one connection at a time would wait for the next request on this one.
        request.Headers.ConnectionClose = true;
        using var reply = await http.SendAsync(request, limit.Token);
        if (reply.StatusCode != HttpStatusCode.OK)
        {
            return ((int)reply.StatusCode, null);
        }
        try
        {
            return (200, JsonElement.Parse(await reply.Content.ReadAsByteArrayAsync(limit.Token)));
        }
        catch (JsonException)
        {
            return (200, null);
        }
    }
}
