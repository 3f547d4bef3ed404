using System.Text.Json;
using static CodexSidecar.Engine.Models.TolerantJson;

namespace CodexSidecar.Engine.Models;

/// <param name="Window">In tokens; null: not told.</param>
internal sealed record ServedModel(string Id, int? Window, bool IsLoaded, bool IsOurs)
{
    private const int LongestArguments = 200;
    private static readonly string[] NoChat = ["embed", "rerank", "bge", "whisper", "tts"];

    /// <summary>Other names it answers to.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    public bool Chats => !NoChat.Any(word => Id.Contains(word, StringComparison.OrdinalIgnoreCase));

    public bool IsForCode => Id.Contains("code", StringComparison.OrdinalIgnoreCase);

    /// <summary>The name as people write it: without folder, file ending and the tag that is taken anyway.</summary>
    public static string Plain(string name)
    {
        var plain = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        foreach (var tail in (string[])[".gguf", ":latest"])
        {
            plain = plain.EndsWith(tail, StringComparison.OrdinalIgnoreCase) ? plain[..^tail.Length] : plain;
        }
        return plain;
    }

    /// <param name="listed">Its entry in <c>/v1/models</c>.</param>
    /// <param name="replies">What the families' own addresses answered.</param>
    public static ServedModel Read(JsonElement listed, EndpointReplies replies)
    {
        var id = Text(listed, "id");
        var inStudio = replies.Studio.FirstOrDefault(other => Text(other, "id") == id);
        var (inStudioOne, instance) = Instance(replies.StudioOne, id);
        var inMemory = replies.Running.FirstOrDefault(other => Text(other, "name") == id || Text(other, "model") == id);
        var status = Member(listed, "status");
        var arguments = status is null ? null : ContextArgument(status);
        var window =
            // LM Studio until 0.3: https://lmstudio.ai/docs/developer/rest/endpoints
            Tokens(inStudio, "loaded_context_length")
            // and since 0.4: https://lmstudio.ai/docs/developer/rest/list
            ?? Tokens(Member(instance, "config"), "context_length")
            // Ollama: https://github.com/ollama/ollama/blob/main/docs/api.md#list-running-models
            ?? Tokens(inMemory, "context_length")
            // llama.cpp: https://github.com/ggml-org/llama.cpp/tree/master/tools/server#get-props-get-server-global-properties
            ?? replies.PropsWindow
            ?? Tokens(Member(listed, "meta"), "n_ctx")
            ?? arguments
            // vLLM and SGLang, and what gateways say.
            ?? Tokens(listed, "max_model_len")
            ?? Tokens(listed, "context_length")
            ?? Tokens(listed, "context_window");
        var isLoaded =
            inMemory.ValueKind == JsonValueKind.Object
            || Text(inStudio, "state") == "loaded"
            || instance is not null
            || replies.HasItsModel
            || Text(status, "value") is "loaded" or "sleeping";
        return new(id, window, isLoaded, IsOurs: Text(listed, "owned_by") == "codex-sidecar")
        {
            Aliases =
            [
                .. Items(listed, "aliases").Where(alias => alias.ValueKind is JsonValueKind.String).Select(alias => alias.GetString()!),
                .. inStudioOne is { } studio ? new[] { Text(studio, "key") } : [],
            ],
        };
    }

    public static int? Tokens(JsonElement? element, string name) =>
        Number(element, name) is > 0 and < int.MaxValue and var tokens ? (int)tokens : null;

    public static List<JsonElement> Items(JsonElement? body, string name) =>
        Member(body, name) is { ValueKind: JsonValueKind.Array } items ? [.. items.EnumerateArray()] : [];

    public static string Text(JsonElement? element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    /// <summary>The model in LM Studio's newer list, and that of its instances in memory which answers to the name.</summary>
    private static (JsonElement? Model, JsonElement? Instance) Instance(IReadOnlyList<JsonElement> models, string id)
    {
        foreach (var model in models)
        {
            var instances = Items(model, "loaded_instances");
            var named = instances.Where(one => Text(one, "id") == id).ToList();
            if (Text(model, "key") == id || named.Count > 0)
            {
                var found = named.Count > 0 ? named : instances;
                return (model, found.Count > 0 ? found[0] : null);
            }
        }
        return (null, null);
    }

    /// <summary>What llama.cpp's router would start the model with; a model file's own window is written as 0 there.</summary>
    private static int? ContextArgument(JsonElement? status)
    {
        var arguments = Items(status, "args").Take(LongestArguments).Select(argument => argument.ToString()).ToList();
        var at = arguments.FindLastIndex(argument => argument is "-c" or "--ctx-size");
        return at >= 0 && at + 1 < arguments.Count && int.TryParse(arguments[at + 1], out var tokens) && tokens > 0 ? tokens : null;
    }
}
