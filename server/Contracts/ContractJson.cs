using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexSidecar.Contracts;

/// <summary>The serializer of everything in Contracts: camelCase, no nulls, Cyrillic stays readable, unknown members are ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = false
)]
[JsonSerializable(typeof(EventEnvelope))]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(Report))]
[JsonSerializable(typeof(Patch))]
[JsonSerializable(typeof(Vote))]
[JsonSerializable(typeof(Standing))]
[JsonSerializable(typeof(IReadOnlyList<PatchText>))]
public sealed partial class ContractJson : JsonSerializerContext
{
    private static ContractJson? wire;

    /// <summary>Use this one: it does not escape non-ASCII letters.</summary>
    public static ContractJson Wire =>
        wire ??= new ContractJson(
            new JsonSerializerOptions(Default.GeneratedSerializerOptions!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
}
