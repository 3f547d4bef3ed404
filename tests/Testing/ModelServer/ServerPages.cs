using System.Text.Json;

namespace CodexSidecar.Testing.ModelServer;

/// <summary>What each kind of server tells of itself, by path, with one model named fake-model: bodies for
/// <see cref="FakeScript.Paths"/>.</summary>
internal static class ServerPages
{
    /// <summary>Trial; https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md</summary>
    public static IReadOnlyDictionary<string, JsonElement> LlamaCpp(int window) =>
        Of(
            ("/props", $$"""{"default_generation_settings":{"n_ctx":{{window}}},"total_slots":1,"model_path":"fake-model.gguf"}"""),
            ("/health", """{"status":"ok"}"""),
            ("/slots", Slot(isProcessing: false, decoded: 0))
        );

    /// <summary>One slot, and how far it is with what it does for somebody. GET /slots answers a list of them.</summary>
    public static string Slot(bool isProcessing, int decoded) =>
        $$"""
            [{"id":0,"n_ctx":8192,"speculative":false,"is_processing":{{(isProcessing ? "true" : "false")}},"id_task":135,
            "next_token":[{"has_next_token":true,"has_new_line":false,"n_remain":-1,"n_decoded":{{decoded}}}]}]
            """;

    /// <summary>https://github.com/ollama/ollama/blob/main/docs/api.md</summary>
    public static IReadOnlyDictionary<string, JsonElement> Ollama(int window) =>
        Of(
            ("/api/version", """{"version":"0.33.0"}"""),
            ("/api/ps", $$"""{"models":[{"name":"fake-model","model":"fake-model","context_length":{{window}}}]}""")
        );

    /// <summary>https://lmstudio.ai/docs/developer/rest/endpoints</summary>
    public static IReadOnlyDictionary<string, JsonElement> LmStudio(int window) =>
        Of(
            (
                "/api/v0/models",
                $$"""
                {"object":"list","data":[{"id":"fake-model","object":"model","type":"llm","state":"loaded",
                "max_context_length":131072,"loaded_context_length":{{window}}}]}
                """
            )
        );

    /// <summary>https://docs.vllm.ai/en/latest/usage/metrics.html; /health is 200 without a body.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Vllm(int running = 0, int generated = 0) =>
        Of(
            ("/health", "\"\""),
            ("/version", """{"version":"0.12.0"}"""),
            (
                "/metrics",
                JsonSerializer.Serialize(
                    $"vllm:num_requests_running{{engine=\"0\",model_name=\"fake-model\"}} {running}.0\n"
                        + "vllm:num_requests_waiting{engine=\"0\",model_name=\"fake-model\"} 0.0\n"
                        + $"vllm:generation_tokens_total{{engine=\"0\",model_name=\"fake-model\"}} {generated}.0\n"
                )
            )
        );

    /// <summary>v1_loads.py of https://github.com/sgl-project/sglang; /health is 200 without a body.</summary>
    public static IReadOnlyDictionary<string, JsonElement> SgLang(int running = 0) =>
        Of(
            ("/health", "\"\""),
            (
                "/v1/loads",
                $$"""
                {"timestamp":"2026-01-01T00:00:00","version":"0.5.10","dp_rank_count":1,"loads":[
                {"dp_rank":0,"num_running_reqs":{{running}},"num_waiting_reqs":0,"num_used_tokens":0}]}
                """
            )
        );

    /// <summary>The model list of vLLM and SGLang, which tell the window there.</summary>
    public static JsonElement Models(string ownedBy, int window) =>
        JsonElement.Parse(
            $$"""{"object":"list","data":[{"id":"fake-model","object":"model","owned_by":"{{ownedBy}}","max_model_len":{{window}}}]}"""
        );

    private static Dictionary<string, JsonElement> Of(params IReadOnlyList<(string Path, string Json)> pages) =>
        pages.ToDictionary(page => page.Path, page => JsonElement.Parse(page.Json));
}
