using System.Text.Json.Serialization;

namespace CodexSidecar.Engine.Models;

/// <summary>What the answers of a server say of its kind; the rest is learnt by use.</summary>
internal static class EndpointFamily
{
    public const string LlamaCpp = "llama.cpp";
    public const string Ollama = "Ollama";
    public const string LmStudio = "LM Studio";
    public const string Vllm = "vLLM";
    public const string Unknown = "";

    /// <summary>All that are known turn a schema into a grammar. Of others a 200 alone proves nothing.</summary>
    public static bool HonoursSchema(string family) => family != Unknown;

    /// <summary>
    /// vLLM batches requests and shares the cached prefix among them. llama.cpp and Ollama keep a cache for each slot, so questions at the
    /// same time would each read the whole prompt; of others nothing is known.
    /// </summary>
    public static int AtOnce(string family) => family == Vllm ? 6 : 1;
}

/// <summary>What was learnt about one model at one address, kept between runs.</summary>
/// <param name="RejectedFields">Fields of the request the server refused.</param>
/// <param name="MergeSystem">The chat template has no system role.</param>
/// <param name="MergeNeighbours">User and assistant must take turns.</param>
/// <param name="AnswersWhole">Answers one JSON message although a stream is asked for.</param>
/// <param name="ThoughtFirst">Reasoning begins without an opening tag.</param>
/// <param name="TokenFactor">Reported tokens by estimated ones.</param>
/// <param name="PrefillSpeed">Prompt tokens a second; 0: not measured.</param>
/// <param name="DecodeSpeed">Output tokens a second; 0: not measured.</param>
/// <param name="Window">Seen in an overflow error, in tokens.</param>
/// <param name="ToldWindow">What the server told of its window then. When it tells something else the seen one is no longer true.</param>
internal sealed record EndpointMemory(
    IReadOnlyList<string> RejectedFields,
    bool MergeSystem = false,
    bool MergeNeighbours = false,
    bool AnswersWhole = false,
    bool ThoughtFirst = false,
    double TokenFactor = 1,
    double PrefillSpeed = 0,
    double DecodeSpeed = 0,
    int? Window = null,
    int? ToldWindow = null
)
{
    public static readonly EndpointMemory Empty = new([]);

    /// <summary>Something in it comes from what the server refused.</summary>
    [JsonIgnore]
    public bool HasRefusals => RejectedFields.Count > 0 || Window is not null;

    /// <summary>Without what it refused: a server may have been updated, or been in a bad state.</summary>
    public EndpointMemory Forgiving() => this with { RejectedFields = [], Window = null, ToldWindow = null };

    public EndpointMemory Reject(string field) =>
        RejectedFields.Contains(field) ? this : this with { RejectedFields = [.. RejectedFields, field] };
}
