using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using static CodexSidecar.Engine.Models.TolerantJson;

namespace CodexSidecar.Engine.Models;

/// <summary>Asks an address what it is. Only GETs, unless a method says otherwise: nothing is generated, loaded or changed by
/// looking.</summary>
internal sealed class EndpointProbe : IDisposable
{
    /// <summary>Our own HTTP face knows us by it, and does not look for servers when it is looked at.</summary>
    public const string UserAgent = "codex-sidecar";

    private const int LongestBody = 4 << 20,
        LongestWords = 4_000;

    /// <summary>Ollama gives up after as long.</summary>
    private static readonly TimeSpan Loading = TimeSpan.FromMinutes(5);

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

    /// <summary>With the patience for a server that is known to be there, or was named.</summary>
    public static EndpointProbe OfNamed(Uri baseUrl) =>
        new(connect: TimeSpan.FromSeconds(1.5), answer: TimeSpan.FromSeconds(3), baseUrl.IsLoopback);

    public async Task<EndpointAnswer> AskAsync(Uri baseUrl, string key, CancellationToken cancellationToken)
    {
        try
        {
            var list = await SendAsync(Below(baseUrl, "models"), key, null, answer, cancellationToken);
            var root = EndpointAddress.Root(baseUrl);
            var others = await Task.WhenAll(
                EndpointReplies.Paths.Select(async path => (path, reply: await TryAsync(root + path, key, null, answer, cancellationToken)))
            );
            return EndpointAnswer.Read(new(list, others.ToDictionary(one => one.path, one => one.reply)));
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
            return new("timed out", -1, false, "", []) { IsSilent = true };
        }
    }

    /// <summary>The window of one model, where the server tells it only when asked for this one.</summary>
    public async Task<int?> WindowAsync(Uri baseUrl, string key, EndpointAnswer server, string model, CancellationToken cancellationToken)
    {
        var root = EndpointAddress.Root(baseUrl);
        Task<ProbeReply> Get(string url) => TryAsync(url, key, null, answer, cancellationToken);
        if (server.IsRouter)
        {
            // Without autoload the question would load the model.
            var props = (await Get($"{root}/props?model={Uri.EscapeDataString(model)}&autoload=false")).Body;
            return ServedModel.Tokens(props, "n_ctx") ?? ServedModel.Tokens(Member(props, "default_generation_settings"), "n_ctx");
        }
        switch (server.Family)
        {
            case EndpointFamily.Tabby:
                return ServedModel.Tokens(Member((await Get(Below(baseUrl, "model"))).Body, "parameters"), "max_seq_len");
            case EndpointFamily.Kobold:
                return ServedModel.Tokens((await Get($"{root}/api/extra/true_max_context_length")).Body, "value");
            case EndpointFamily.Ollama:
                // A POST that only reads: https://github.com/ollama/ollama/blob/main/docs/api.md#show-model-information
                var shown = await TryAsync($"{root}/api/show", key, new() { ["model"] = model }, answer, cancellationToken);
                return OllamaWindow.Of(shown.Body);
            default:
                return null;
        }
    }

    /// <summary>Has the server load a model, as the first request would, and waits until it has. Whether it worked shows when it is asked
    /// again.</summary>
    public Task LoadAsync(Uri baseUrl, string key, EndpointAnswer server, string model, CancellationToken cancellationToken)
    {
        var root = EndpointAddress.Root(baseUrl);
        var (url, body) =
            server.IsRouter ? ($"{root}/props?model={Uri.EscapeDataString(model)}&autoload=true", null)
            // Without a prompt it only loads: https://github.com/ollama/ollama/blob/main/docs/api.md#load-a-model
            : server.Family == EndpointFamily.Ollama ? ($"{root}/api/generate", new JsonObject { ["model"] = model })
            : (Below(baseUrl, "completions"), Tiny(model, "prompt", " "));
        return TryAsync(url, key, body, Loading, cancellationToken);
    }

    /// <summary>Where all GETs are public: a request that holds nothing to answer shows whether the key is taken.</summary>
    /// <returns>The status; 0: none came.</returns>
    public async Task<int> KeyStatusAsync(Uri baseUrl, string key, bool isGiven, string model, CancellationToken cancellationToken)
    {
        var status = (await TryAsync(Below(baseUrl, "completions"), key, Tiny(model, "prompt", ""), answer, cancellationToken)).Status;
        // The chat is asked for only where a key has to be proved.
        return status is 404 or 405 or 501 && isGiven
            ? (
                await TryAsync(Below(baseUrl, "chat/completions"), key, Tiny(model, "messages", new JsonArray()), answer, cancellationToken)
            ).Status
            : status;
    }

    public void Dispose() => http.Dispose();

    private static JsonObject Tiny(string model, string member, JsonNode value) =>
        new()
        {
            ["model"] = model,
            [member] = value,
            ["max_tokens"] = 1,
        };

    private static string Below(Uri baseUrl, string path) => $"{baseUrl.AbsoluteUri.TrimEnd('/')}/{path}";

    private async Task<ProbeReply> TryAsync(string url, string key, JsonObject? body, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(url, key, body, limit, cancellationToken);
        }
        catch (Exception failed)
            when (failed is HttpRequestException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new(0, null);
        }
    }

    /// <param name="body">Null: a GET.</param>
    private async Task<ProbeReply> SendAsync(string url, string key, JsonObject? body, TimeSpan most, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(most);
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.UserAgent.ParseAdd(UserAgent);
        // A server that serves one connection at a time would wait for the next request on this one.
        request.Headers.ConnectionClose = true;
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        using var reply = await http.SendAsync(request, limit.Token);
        var server = reply.Headers.TryGetValues("Server", out var named) ? string.Join(' ', named) : "";
        var bytes = await reply.Content.ReadAsByteArrayAsync(limit.Token);
        if (reply.StatusCode != HttpStatusCode.OK)
        {
            var said = WireError.Read(Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, LongestWords)))).Text;
            return new((int)reply.StatusCode, null, said, server);
        }
        try
        {
            return new(200, JsonElement.Parse(bytes), "", server);
        }
        catch (JsonException)
        {
            return new(200, null, "", server);
        }
    }
}
