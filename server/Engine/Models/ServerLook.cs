using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using static CodexSidecar.Engine.Models.TolerantJson;

namespace CodexSidecar.Engine.Models;

/// <summary>
/// What a server shows of its work. <c>Gone</c>: it answers nothing, although its kind answers beside its work. <c>Silent</c>: it answers
/// nothing, which proves nothing. <c>Idle</c>: it says that it has nothing to do. <c>Answers</c>: it is there and tells no more.
/// <c>Working</c>: it says that it works for somebody.
/// </summary>
internal enum ServerWork
{
    Gone,
    Silent,
    Idle,
    Answers,
    Working,
}

/// <param name="Trace">Differs from the last one when the work has gone on.</param>
internal sealed record ServerSight(ServerWork Work, string Trace);

/// <summary>Looks at a server from beside a request that hears nothing: a queue on a server with one slot is silent, and so is one that
/// hangs. Only GETs.</summary>
internal sealed partial class ServerLook(Endpoint endpoint, HttpClient http)
{
    private const int LongestPage = 1 << 20;

    /// <summary>llama-server before August 2026 answers /slots when the batch it reads is done.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Where each kind shows it; of an unknown kind all are tried. A server is there when it answers, whatever it says.</summary>
    private static readonly (string Path, IReadOnlyList<string> Families)[] Pages =
    [
        // https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
        ("/slots", [EndpointFamily.LlamaCpp, EndpointFamily.Unknown]),
        // https://docs.vllm.ai/en/latest/usage/metrics.html
        ("/metrics", [EndpointFamily.Vllm, EndpointFamily.Unknown]),
        // v1_loads.py of https://github.com/sgl-project/sglang
        ("/v1/loads", [EndpointFamily.Unknown]),
        // https://lite.koboldai.net/koboldcpp_api
        ("/api/extra/perf", [EndpointFamily.Unknown]),
        ("/health", [EndpointFamily.LlamaCpp, EndpointFamily.Vllm, EndpointFamily.Unknown]),
        ("/api/ps", [EndpointFamily.Ollama]),
        ("/api/v0/models", [EndpointFamily.LmStudio]),
        ("/v1/models", [EndpointFamily.Unknown]),
    ];

    private static readonly string[] Known = [.. Pages.SelectMany(page => page.Families).Distinct()];

    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<ServerSight> AskAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var family = Known.Contains(endpoint.Family) ? endpoint.Family : EndpointFamily.Unknown;
        var root = EndpointAddress.Root(endpoint.BaseUrl);
        var answers = await Task.WhenAll(
            Pages
                .Where(page => page.Families.Contains(family))
                .Select(async page => (page.Path, Body: await GetAsync(root + page.Path, time, cancellationToken)))
        );
        var came = answers.Where(answer => answer.Body is not null).ToList();
        var told = came.Select(answer => Read(answer.Path, answer.Body!)).OfType<ServerSight>().ToList();
        return told.FirstOrDefault(sight => sight.Work is ServerWork.Working)
            ?? told.FirstOrDefault()
            ?? new(
                came.Count > 0 ? ServerWork.Answers
                    : family == EndpointFamily.Unknown ? ServerWork.Silent
                    : ServerWork.Gone,
                ""
            );
    }

    /// <returns>Null: it tells nothing of its work.</returns>
    private static ServerSight? Read(string path, string body) =>
        path switch
        {
            "/slots" => Slots(body),
            "/metrics" => Metrics(body),
            "/v1/loads" => Loads(body),
            "/api/extra/perf" => Parse(body) is { } perf && Number(perf, "idle") is { } idle ? Sight(1 - idle, body) : null,
            _ => null,
        };

    private static ServerSight? Slots(string body) =>
        Parse(body) is { ValueKind: JsonValueKind.Array } slots
        && slots.EnumerateArray().Any(slot => Member(slot, "is_processing") is not null)
            ? Sight(slots.EnumerateArray().Count(slot => Member(slot, "is_processing") is { ValueKind: JsonValueKind.True }), body)
            : null;

    private static ServerSight? Loads(string body) =>
        Member(Parse(body), "loads") is { ValueKind: JsonValueKind.Array } loads
            ? Sight(
                loads.EnumerateArray().Sum(load => (Number(load, "num_running_reqs") ?? 0) + (Number(load, "num_waiting_reqs") ?? 0)),
                body
            )
            : null;

    private static ServerSight? Metrics(string body)
    {
        var requests = Requests().Matches(body).Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        return requests.Count == 0 ? null : Sight(requests.Sum(), string.Concat(Tokens().Matches(body).Select(match => match.Value)));
    }

    private static ServerSight Sight(double requests, string trace) => new(requests > 0 ? ServerWork.Working : ServerWork.Idle, trace);

    /// <returns>Null: no answer. Empty: one that is no page.</returns>
    private async Task<string?> GetAsync(string url, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Authorization = new("Bearer", endpoint.Key);
            request.Headers.UserAgent.ParseAdd("codex-sidecar");
            request.Headers.ConnectionClose = true;
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (!answer.IsSuccessStatusCode)
            {
                return "";
            }
            var page = new byte[LongestPage];
            await using var body = await answer.Content.ReadAsStreamAsync(limit.Token);
            var count = await body.ReadAtLeastAsync(page, LongestPage, throwOnEndOfStream: false, limit.Token);
            return System.Text.Encoding.UTF8.GetString(page, 0, count);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    [GeneratedRegex(
        @"^(?:vllm:num_requests_(?:running|waiting)|llamacpp:requests_(?:processing|deferred)|sglang:num_(?:running|queue)_reqs)"
            + @"(?:\{[^}\n]*\})? ([0-9.]+(?:e[+-]?[0-9]+)?)",
        RegexOptions.Multiline | RegexOptions.CultureInvariant
    )]
    private static partial Regex Requests();

    [GeneratedRegex(@"^\S*tokens\S*_total\S* .*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Tokens();
}
