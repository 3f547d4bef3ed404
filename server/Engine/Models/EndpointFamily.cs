namespace CodexSidecar.Engine.Models;

/// <summary>What the answers of a server say of its kind; the rest is learnt by use.</summary>
internal static class EndpointFamily
{
    public const string LlamaCpp = "llama.cpp";
    public const string Ollama = "Ollama";
    public const string LmStudio = "LM Studio";
    public const string Vllm = "vLLM";
    public const string Sglang = "SGLang";
    public const string Mlx = "MLX";
    public const string Tabby = "TabbyAPI";
    public const string Kobold = "KoboldCpp";
    public const string Unknown = "";

    /// <summary>These turn a schema into a grammar. Of others a 200 alone proves nothing; MLX never reads it.</summary>
    public static bool HonoursSchema(string family) => family is LlamaCpp or Ollama or LmStudio or Vllm or Sglang;

    /// <summary>
    /// vLLM and SGLang batch requests and share the cached prefix among them. llama.cpp and Ollama keep a cache for each slot, so questions
    /// at the same time would each read the whole prompt; of others nothing is known.
    /// </summary>
    public static int AtOnce(string family) => family is Vllm or Sglang ? 6 : 1;

    /// <summary>Loads a model that is not in memory at the first request for it.</summary>
    public static bool LoadsOnRequest(string family) => family is Ollama or LmStudio;

    /// <summary>Answers with the model it has, whatever name a request gives. LM Studio does where one is loaded.</summary>
    public static bool IgnoresNames(string family) => family is LlamaCpp or Sglang or LmStudio or Kobold;

    /// <summary>Refuses a request for a model that is not in its list.</summary>
    public static bool RefusesNames(string family) => family is Ollama or Vllm or LmStudio;

    /// <summary>How its window is made larger, as one sentence without its end.</summary>
    public static string Larger(string family) =>
        family switch
        {
            LlamaCpp => "Start llama-server with a larger -c, which is divided by its slots (-np)",
            Ollama => "Start Ollama with a larger OLLAMA_CONTEXT_LENGTH, or put PARAMETER num_ctx into the Modelfile",
            LmStudio => "Load the model with a larger context: lms load MODEL --context-length 16384",
            Vllm => "Start vLLM with a larger --max-model-len",
            Sglang => "Start SGLang with a larger --context-length",
            Tabby => "Give TabbyAPI a larger max_seq_len in its config.yml",
            Kobold => "Start KoboldCpp with a larger --contextsize",
            _ => "Start the server with a larger context",
        };

    /// <summary>How it gets a model, as one sentence without its end.</summary>
    public static string Fetch(string family, string model) =>
        family switch
        {
            Ollama => $"ollama pull {model}",
            LmStudio => $"lms get {model}",
            _ => "",
        };
}
