using System.Text.Json;

namespace CodexSidecar.Engine.Models;

/// <summary>
/// A way to tell a server that its model should think less or not at all. There is no common one, and a server passes over what it does not
/// know, so those that do no harm to each other go together:
/// <c>chat_template_kwargs</c> is read by llama.cpp, vLLM, SGLang and MLX (<c>enable_thinking</c>: Qwen3, GLM, Nemotron; <c>thinking</c>:
/// DeepSeek, Kimi), <c>reasoning_effort</c> by Ollama, LM Studio, KoboldCpp and newer ones of the others; the budgets by llama.cpp and
/// TabbyAPI. SGLang refuses the effort "none", and gpt-oss cannot think less than "low": those are the second try.
/// </summary>
/// <remarks>
/// https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md,
/// https://docs.vllm.ai/en/latest/features/reasoning_outputs.html,
/// https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/entrypoints/openai/protocol.py,
/// https://github.com/ollama/ollama/blob/main/openai/openai.go
/// </remarks>
internal sealed class ThinkingSwitch
{
    /// <summary>In the order in which they are tried.</summary>
    public static readonly IReadOnlyList<ThinkingSwitch> All =
    [
        new("off", "none", ["reasoning_effort", "chat_template_kwargs"]),
        new("low", "low", ["reasoning_effort", "chat_template_kwargs", "thinking_budget_tokens", "reasoning_budget_tokens"]),
    ];

    /// <summary>Every field of a request that one of them has.</summary>
    public static readonly IReadOnlyList<string> Fields = [.. All.SelectMany(one => one.fields).Distinct()];

    /// <summary>Behind the question. The last word is what the first Qwen3 models were trained on.</summary>
    public const string Words = "\n\nDo not think about it any longer. Answer now, in the form asked for. /no_think";

    private readonly string effort;
    private readonly string[] fields;

    private ThinkingSwitch(string name, string effort, string[] fields) => (Name, this.effort, this.fields) = (name, effort, fields);

    public string Name { get; }

    /// <summary>For people.</summary>
    public string Description => string.Join(", ", fields);

    public static ThinkingSwitch? Named(string? name) => All.FirstOrDefault(one => one.Name == name);

    public bool Has(string field) => fields.Contains(field);

    public void Write(string field, Utf8JsonWriter json)
    {
        switch (field)
        {
            case "reasoning_effort":
                json.WriteStringValue(effort);
                break;
            case "chat_template_kwargs":
                json.WriteStartObject();
                json.WriteBoolean("enable_thinking", false);
                json.WriteBoolean("thinking", false);
                json.WriteEndObject();
                break;
            default:
                json.WriteNumberValue(0);
                break;
        }
    }
}
