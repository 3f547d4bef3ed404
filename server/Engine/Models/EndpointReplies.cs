using System.Text.Json;
using static CodexSidecar.Engine.Models.ServedModel;
using static CodexSidecar.Engine.Models.TolerantJson;

namespace CodexSidecar.Engine.Models;

/// <param name="Status">0: none came.</param>
/// <param name="Body">Of a 200 that is JSON.</param>
/// <param name="Words">The sentence of a refusal.</param>
/// <param name="Server">The header that names the program.</param>
internal sealed record ProbeReply(int Status, JsonElement? Body, string Words = "", string Server = "")
{
    /// <summary>The model is not in memory yet: 503 (or 404) with such words. A page for people may say "loading" too.</summary>
    public bool IsLoading =>
        (Status == 503 || (Words.Length < LongestSentence && !Words.Contains('<')))
        && ServerWords.IsLoading(new WireException(WireFault.Status, Words, Status));

    private const int LongestSentence = 300;
}

/// <summary>What an address answered to each question about itself.</summary>
/// <param name="list">Of <c>/v1/models</c>.</param>
/// <param name="others">Of the families' own addresses, by path.</param>
internal sealed class EndpointReplies(ProbeReply list, IReadOnlyDictionary<string, ProbeReply> others)
{
    public const string Props = "/props",
        Health = "/health",
        OllamaVersion = "/api/version",
        OllamaRunning = "/api/ps",
        StudioModels = "/api/v0/models",
        StudioOneModels = "/api/v1/models",
        KoboldVersion = "/api/extra/version",
        OpenApi = "/openapi.json";

    /// <summary>All are GETs: nothing is generated, loaded or changed by them.</summary>
    public static readonly IReadOnlyList<string> Paths =
    [
        Props,
        Health,
        OllamaVersion,
        OllamaRunning,
        StudioModels,
        StudioOneModels,
        KoboldVersion,
        OpenApi,
    ];

    public ProbeReply List => list;
    public IReadOnlyList<JsonElement> Listed { get; } = Items(list.Body, "data");
    public IReadOnlyList<JsonElement> Studio { get; } = Items(others.GetValueOrDefault(StudioModels)?.Body, "data");

    /// <summary>LM Studio since 0.4.</summary>
    public IReadOnlyList<JsonElement> StudioOne { get; } =
    [
        .. Items(others.GetValueOrDefault(StudioOneModels)?.Body, "models")
            .Where(model => Member(model, "loaded_instances") is { ValueKind: JsonValueKind.Array }),
    ];

    /// <summary>What Ollama has in memory.</summary>
    public IReadOnlyList<JsonElement> Running { get; } = Items(others.GetValueOrDefault(OllamaRunning)?.Body, "models");

    /// <summary>llama-server without a model of its own, in front of several.</summary>
    public bool IsRouter =>
        Text(Body(Props), "role") == "router" || Listed.Any(model => Member(Member(model, "status"), "value") is not null);

    /// <summary>The window of llama.cpp's slots, whatever its model is called; a router has none.</summary>
    public int? PropsWindow =>
        IsRouter ? null : Tokens(Body(Props), "n_ctx") ?? Tokens(Member(Body(Props), "default_generation_settings"), "n_ctx");

    /// <summary>llama-server with one model tells its window when that is in memory; one that sleeps has put it away
    /// (https://github.com/ggml-org/llama.cpp/tree/master/tools/server#sleeping-on-idle).</summary>
    public bool HasItsModel => PropsWindow is not null && Member(Body(Props), "is_sleeping") is not { ValueKind: JsonValueKind.True };

    public bool IsLoading => list.IsLoading || new[] { Props, Health }.Any(path => Reply(path) is { Status: 503, IsLoading: true });

    /// <summary>Of the list; where that is public, of what is not. llama-server's list was until 2026-08
    /// (https://github.com/ggml-org/llama.cpp/tree/master/tools/server).</summary>
    public int Status => list.Status == 200 && Reply(Props).Status is 401 and var refused ? refused : list.Status;

    /// <summary>KoboldCpp says whether it has a password; its GETs are public.</summary>
    public bool HasPassword => Member(Body(KoboldVersion), "protected") is { ValueKind: JsonValueKind.True };

    public bool HasList => Member(list.Body, "data") is { ValueKind: JsonValueKind.Array };

    public bool IsChatApi =>
        Member(Body(OpenApi), "paths") is { ValueKind: JsonValueKind.Object } paths
        && paths.EnumerateObject().Any(path => path.Name.EndsWith("/chat/completions", StringComparison.Ordinal));

    /// <summary>KoboldCpp first: it speaks Ollama's and llama.cpp's protocols too.</summary>
    public string Family()
    {
        var owners = Listed.Select(model => Text(model, "owned_by")).ToHashSet();
        return owners.Contains("koboldcpp") || Text(Body(KoboldVersion), "result") == "KoboldCpp" ? EndpointFamily.Kobold
            : IsRouter || (Member(Body(Props), "default_generation_settings") ?? Member(Body(Props), "n_ctx")) is not null
                ? EndpointFamily.LlamaCpp
            : Member(Body(OllamaVersion), "version") is not null ? EndpointFamily.Ollama
            : StudioOne.Count > 0 || Studio.Any(model => Member(model, "state") is not null) ? EndpointFamily.LmStudio
            : owners.Contains("vllm") ? EndpointFamily.Vllm
            : owners.Contains("sglang") ? EndpointFamily.Sglang
            : owners.Contains("tabbyAPI") ? EndpointFamily.Tabby
            : owners.Contains("llamacpp") ? EndpointFamily.LlamaCpp
            : IsMlx(owners) ? EndpointFamily.Mlx
            : EndpointFamily.Unknown;
    }

    /// <summary>mlx_lm.server names itself nowhere: Python's own server, a list without owners, and this health
    /// (https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/server.py).</summary>
    private bool IsMlx(IReadOnlySet<string> owners) =>
        list.Server.StartsWith("BaseHTTP/", StringComparison.Ordinal)
        && HasList
        && owners.All(owner => owner.Length == 0)
        && Text(Body(Health), "status") == "ok";

    private ProbeReply Reply(string path) => others.GetValueOrDefault(path) ?? new(0, null);

    private JsonElement? Body(string path) => Reply(path).Body;
}
