using System.Text.Json;
using static CodexSidecar.Engine.Models.TolerantJson;

namespace CodexSidecar.Engine.Models;

/// <param name="Window">In tokens; null: not told.</param>
internal sealed record ServedModel(string Id, int? Window, bool IsLoaded, bool IsOurs)
{
    private static readonly string[] NoChat = ["embed", "rerank", "bge", "whisper", "tts"];

    public bool Chats => !NoChat.Any(word => Id.Contains(word, StringComparison.OrdinalIgnoreCase));

    public bool IsForCode => Id.Contains("code", StringComparison.OrdinalIgnoreCase);
}

/// <summary>What an address says of itself.</summary>
/// <param name="Result">For the user: "refused", "timed out", "answers, but is no model server", "401", "3 models".</param>
/// <param name="Status">HTTP status of the model list; 0: no connection.</param>
internal sealed record EndpointAnswer(string Result, int Status, bool IsServer, string Family, IReadOnlyList<ServedModel> Models)
{
    /// <summary>Our own HTTP face must not be its own model.</summary>
    public bool IsOurs => Models.Any(model => model.IsOurs);

    /// <summary>The configured one; else the only one, the loaded one, one for code, the first.</summary>
    public ServedModel Choose(string? configured)
    {
        if (configured is { Length: > 0 })
        {
            return Models.FirstOrDefault(model => model.Id == configured) ?? new(configured, null, false, false);
        }
        var chatting = Models.Where(model => model.Chats).ToList();
        return chatting.FirstOrDefault(model => model.IsLoaded)
            ?? chatting.FirstOrDefault(model => model.IsForCode)
            ?? chatting.FirstOrDefault()
            ?? new("default", null, false, false);
    }

    /// <param name="list">The body of <c>/v1/models</c>; null: none came.</param>
    /// <param name="others">Bodies of the family's own addresses by path, those that came.</param>
    public static EndpointAnswer Read(int status, JsonElement? list, IReadOnlyDictionary<string, JsonElement> others)
    {
        JsonElement? Other(string path) => others.TryGetValue(path, out var body) ? body : null;
        var told = Other("/props");
        var props = (Member(told, "default_generation_settings") ?? Member(told, "n_ctx")) is null ? null : told;
        var studio = Items(Other("/api/v0/models"), "data");
        var running = Items(Other("/api/ps"), "models");
        var listed = Items(list, "data");
        var family =
            props is not null ? EndpointFamily.LlamaCpp
            : Member(Other("/api/version"), "version") is not null ? EndpointFamily.Ollama
            : studio.Any(model => Member(model, "state") is not null) ? EndpointFamily.LmStudio
            : listed.Any(model => Text(model, "owned_by") == "vllm") ? EndpointFamily.Vllm
            : EndpointFamily.Unknown;
        var models = listed.Where(model => Text(model, "id").Length > 0).Select(model => Model(model, props, studio, running)).ToList();
        var hasList = Member(list, "data") is { ValueKind: JsonValueKind.Array };
        var isServer = hasList || family.Length > 0 || IsChatApi(Other("/openapi.json"));
        var result =
            status == 401 ? "401"
            : !isServer ? "answers, but is no model server"
            : Counted(models.Count);
        return new(result, status, isServer, family, models);
    }

    public static string Counted(int models) => models == 1 ? "1 model" : $"{models} models";

    private static ServedModel Model(JsonElement model, JsonElement? props, List<JsonElement> studio, List<JsonElement> running)
    {
        var id = Text(model, "id");
        var inStudio = studio.FirstOrDefault(other => Text(other, "id") == id);
        var inMemory = running.FirstOrDefault(other => Text(other, "name") == id || Text(other, "model") == id);
        var window = Window(inStudio, "loaded_context_length")
            ?? Window(inMemory, "context_length")
            ?? Window(props, "n_ctx")
            ?? Window(Member(props, "default_generation_settings"), "n_ctx")
            ?? Window(model, "max_model_len")
            ?? Window(model, "context_length")
            ?? Window(model, "context_window");
        var isLoaded = inMemory.ValueKind == JsonValueKind.Object || Text(inStudio, "state") == "loaded";
        return new(id, window, isLoaded, IsOurs: Text(model, "owned_by") == "codex-sidecar");
    }

    private static bool IsChatApi(JsonElement? api) =>
        Member(api, "paths") is { ValueKind: JsonValueKind.Object } paths
        && paths.EnumerateObject().Any(path => path.Name.EndsWith("/chat/completions", StringComparison.Ordinal));

    private static List<JsonElement> Items(JsonElement? body, string name) =>
        Member(body, name) is { ValueKind: JsonValueKind.Array } items ? [.. items.EnumerateArray()] : [];

    private static string Text(JsonElement? element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    private static int? Window(JsonElement? element, string name) =>
        Number(element, name) is > 0 and < int.MaxValue and var tokens ? (int)tokens : null;
}
