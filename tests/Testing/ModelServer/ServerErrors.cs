using static CodexSidecar.Testing.ModelServer.Servers;

namespace CodexSidecar.Testing.ModelServer;

/// <summary>Errors word for word. Each names where its sentence stands; "trial" were seen on a real llama-server (d3936498).</summary>
internal static class ServerErrors
{
    /// <summary>Another client's tokens and ours do not fit together into one cache; says nothing of our prompt. Trial, and
    /// https://github.com/ggml-org/llama.cpp/issues/23652</summary>
    public static ServerError CacheFull { get; } = new(LlamaCpp, 500, "server_error", "Context size has been exceeded.");

    /// <summary>abort_all_slots in https://github.com/ggml-org/llama.cpp/blob/master/tools/server/server-context.cpp</summary>
    public static ServerError DecodeFailed { get; } = CacheFull with { Message = "decode() failed: Context size has been exceeded." };

    /// <summary>The model's own words are not what its parser expects. Trial, https://github.com/ggml-org/llama.cpp/issues/20532</summary>
    public static ServerError ParseFailed { get; } =
        new(LlamaCpp, 500, "server_error", "Failed to parse input at pos 0: <tool_call>\n<function=edit>");

    /// <summary>The same since June 2026; common_chat_format_name names the format.
    /// https://github.com/ggml-org/llama.cpp/blob/master/common/chat.cpp</summary>
    public static ServerError FormatMissed { get; } =
        ParseFailed with
        {
            Message = "The model produced output that does not match the expected peg-native format",
        };

    /// <summary>The schema made a grammar that is too big; the cause stands in the server's log only.
    /// https://github.com/unslothai/unsloth/issues/9923</summary>
    public static ServerError GrammarTooBig { get; } =
        new(LlamaCpp, 400, "invalid_request_error", "Failed to initialize samplers: failed to parse grammar");

    /// <summary>https://github.com/ggml-org/llama.cpp/blob/master/common/json-schema-to-grammar.cpp</summary>
    public static ServerError SchemaRefused { get; } =
        GrammarTooBig with
        {
            Message = "JSON schema conversion failed:\nUnrecognized schema: {\"minimum\":0}",
        };

    /// <summary>Trial; https://github.com/ggml-org/llama.cpp/blob/master/tools/server/server-http.cpp</summary>
    public static ServerError Loading { get; } = new(LlamaCpp, 503, "unavailable_error", "Loading model");

    /// <summary>Trial; before 200 is sent, whatever the request asks for.</summary>
    public static ServerError PromptTooLong(int prompt, int window) =>
        new(
            LlamaCpp,
            400,
            "exceed_context_size_error",
            $"request ({prompt} tokens) exceeds the available context size ({window} tokens), try increasing it"
        )
        {
            Extra = $$"""{"n_prompt_tokens":{{prompt}},"n_ctx":{{window}}}""",
        };

    /// <summary>https://github.com/ollama/ollama/blob/main/llm/llama_server.go; no sizes.</summary>
    public static ServerError OllamaTooLong { get; } =
        new(
            Ollama,
            400,
            "invalid_request_error",
            "the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the context "
                + "length in settings, or use a model with a longer context length"
        );

    /// <summary>Two blanks; https://github.com/ollama/ollama/blob/main/server/sched.go</summary>
    public static ServerError OllamaBusy { get; } =
        new(Ollama, 503, "api_error", "server busy, please try again.  maximum pending requests exceeded");

    /// <summary>https://github.com/ollama/ollama/blob/main/llm/llama_server.go</summary>
    public static ServerError OllamaRunnerStopped { get; } =
        new(
            Ollama,
            500,
            "api_error",
            "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, check ollama server "
                + "logs for details"
        );

    /// <summary>MLX, 0.4.21: https://github.com/block/goose/issues/11318; the status is 200.</summary>
    public static ServerError StudioTooLong(int prompt, int window) =>
        new(
            LmStudio,
            400,
            "",
            $"Input does not fit in context length. The input has {prompt} tokens, but the context length only supports {window} tokens."
        );

    /// <summary>GGUF: https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/1620; bogus at times: the next try works.</summary>
    public static ServerError StudioCrashed { get; } =
        new(LmStudio, 400, "", "The model has crashed without additional information. (Exit code: 18446744072635810000)");

    /// <summary>Just-in-time loading failed: https://github.com/continuedev/continue/issues/10150</summary>
    public static ServerError StudioLoadFailed { get; } =
        new(LmStudio, 400, "", "Failed to load model \"gpt-oss-20b\". Error: Error loading model.");

    /// <summary>Told to requests on their way: https://github.com/QwenLM/qwen-code/issues/3802; status not known.</summary>
    public static ServerError StudioUnloaded { get; } = new(LmStudio, 400, "", "Model is unloaded.");

    /// <summary>The limit is the window less max_tokens: a prompt that fits is refused for its max_tokens. "at least": not its real size.
    /// https://github.com/vllm-project/vllm/blob/main/vllm/renderers/params.py</summary>
    public static ServerError VllmTooLong(int prompt, int output, int window) =>
        new(
            Vllm,
            400,
            "BadRequestError",
            $"This model's maximum context length is {window} tokens. However, you requested {output} output tokens and your prompt "
                + $"contains at least {prompt} input tokens, for a total of at least {prompt + output} tokens. Please reduce the length "
                + $"of the input prompt or the number of requested output tokens. (parameter=input_tokens, value={prompt})"
        );

    /// <summary>https://github.com/vllm-project/vllm/blob/main/vllm/v1/structured_output/backend_xgrammar.py</summary>
    public static ServerError VllmSchemaRefused { get; } =
        new(Vllm, 400, "BadRequestError", "The provided JSON schema contains features not supported by xgrammar.");

    /// <summary>https://github.com/vllm-project/vllm/blob/main/vllm/v1/engine/exceptions.py</summary>
    public static ServerError VllmEngineDead { get; } =
        new(Vllm, 500, "InternalServerError", "EngineCore encountered an issue. See stack trace (above) for the root cause.");

    /// <summary>tokenizer_manager.py of https://github.com/sgl-project/sglang; the status is 200 for streams.</summary>
    public static ServerError SgLangTooLong(int prompt, int window) =>
        new(SgLang, 400, "BadRequestError", $"The input ({prompt} tokens) is longer than the model's context length ({window} tokens).");

    /// <summary>https://github.com/sgl-project/sglang/pull/19357; the status is 200 for streams.</summary>
    public static ServerError SgLangQueueFull { get; } = new(SgLang, 503, "SERVICE_UNAVAILABLE", "The request queue is full.");

    /// <summary>grammar_manager.py of https://github.com/sgl-project/sglang</summary>
    public static ServerError SgLangSchemaRefused { get; } =
        new(SgLang, 400, "BadRequestError", "Invalid grammar request: unsupported keyword maxLength");
}
