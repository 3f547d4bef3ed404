using System.Text.Json;
using System.Text.Json.Serialization;
using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Mcp;

/// <summary>The structured part of every result.</summary>
internal sealed record McpAnswer(bool Ok, string End, string Text)
{
    public int? ExitCode { get; init; }
    public string? Decision { get; init; }
    public string? Rule { get; init; }
    public string? Reason { get; init; }
    public string? Undo { get; init; }
    public string? RunId { get; init; }
    public IReadOnlyList<string>? Files { get; init; }
    public string? Tests { get; init; }
}

/// <summary>What the events of a run said that its answer needs.</summary>
/// <param name="Plan">The last one that was proposed.</param>
/// <param name="Patch">The last one that was proposed.</param>
/// <param name="Denied">Questions that were answered with no, with the reason they were asked for.</param>
internal sealed record McpSolved(Report? Report, PlanProposed? Plan, PatchProposed? Patch, IReadOnlyList<string> Denied)
{
    public static McpSolved Start { get; } = new(null, null, null, []);

    public McpSolved With(RunEvent happened) =>
        happened switch
        {
            ReportWritten e => this with { Report = e.Report },
            PlanProposed e => this with { Plan = e },
            PatchProposed e => this with { Patch = e },
            _ => this,
        };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(McpAnswer))]
internal sealed partial class McpJson : JsonSerializerContext
{
    private static McpJson? wire;

    public static McpJson Wire =>
        wire ??= new McpJson(
            new JsonSerializerOptions(Default.GeneratedSerializerOptions!) { Encoder = ContractJson.Wire.Options.Encoder }
        );
}
