using System.Text.Json;
using System.Text.Json.Serialization;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.Revisions;
using CodexSidecar.Engine.Runs;

namespace CodexSidecar.Faces.Cli;

/// <summary>What <c>runs</c>, <c>policy</c>, <c>tool</c>, <c>patch</c>, <c>audit</c> and <c>doctor</c> print with --json: one object a
/// line, spelled as the events are.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(UndoResult))]
[JsonSerializable(typeof(DoctorFinding))]
[JsonSerializable(typeof(PolicyAnswer))]
[JsonSerializable(typeof(PolicyShown))]
[JsonSerializable(typeof(ToolAnswer))]
[JsonSerializable(typeof(PatchAnswer))]
[JsonSerializable(typeof(AuditState))]
internal sealed partial class CliJson : JsonSerializerContext
{
    private static CliJson? wire;

    public static CliJson Wire =>
        wire ??= new CliJson(
            new JsonSerializerOptions(Default.GeneratedSerializerOptions!) { Encoder = ContractJson.Wire.Options.Encoder }
        );
}
