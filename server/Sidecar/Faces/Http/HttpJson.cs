using System.Text.Json;
using System.Text.Json.Serialization;
using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Http;

/// <summary>What this face reads and writes. OpenAI's names are in snake_case, ours in camelCase.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(HttpStarted))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(LateError))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelCard))]
[JsonSerializable(typeof(ChatChunk))]
[JsonSerializable(typeof(ChatCompletion))]
[JsonSerializable(typeof(RunState))]
[JsonSerializable(typeof(RunCancelled))]
[JsonSerializable(typeof(ToolReply))]
[JsonSerializable(typeof(ToolList))]
internal sealed partial class HttpJson : JsonSerializerContext
{
    private static HttpJson? wire;

    /// <summary>Use this one: it does not escape non-ASCII letters.</summary>
    public static HttpJson Wire =>
        wire ??= new HttpJson(
            new JsonSerializerOptions(Default.GeneratedSerializerOptions!) { Encoder = ContractJson.Wire.Options.Encoder }
        );
}
