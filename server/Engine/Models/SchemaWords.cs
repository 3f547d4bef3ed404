using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Models;

/// <summary>
/// Refusals of a JSON schema. llama.cpp: "JSON schema conversion failed", "Failed to initialize samplers: failed to parse grammar"; vLLM:
/// "The provided JSON schema contains features not supported by xgrammar", "Failed to transform json schema into a grammar", "Grammar
/// error"; SGLang: "Invalid grammar request". What is asked for without bounds is taken by more of them than with bounds.
/// </summary>
/// <remarks>
/// https://github.com/ggml-org/llama.cpp/blob/master/common/json-schema-to-grammar.cpp,
/// https://github.com/vllm-project/vllm/blob/main/vllm/v1/structured_output/backend_xgrammar.py,
/// https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/constrained/base_grammar_backend.py
/// </remarks>
internal static partial class SchemaWords
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <returns>What to change before the request is sent again; null: it is not about the schema.</returns>
    public static Func<EndpointMemory, EndpointMemory>? Lesson(WireException refusal, WireRequest request)
    {
        if (
            !request.Has("response_format")
            || !(Schema().IsMatch(refusal.Message) || (request.IsBounded && Bound().IsMatch(refusal.Message)))
        )
        {
            return null;
        }
        return request.IsBounded ? known => known with { SlimSchema = true } : known => known.Reject("response_format");
    }

    [GeneratedRegex(@"\bgrammar|json[ _]?schema|\bschema\b|guided[ _]decoding|structured[ _]output", AnyCase)]
    private static partial Regex Schema();

    [GeneratedRegex(@"\b(minimum|maximum|minLength|maxLength|maxItems)\b", AnyCase)]
    private static partial Regex Bound();
}
