using System.Text.Json.Serialization;

namespace CodexSidecar.Engine.Audit;

/// <summary>One line of the audit log. <c>Phase</c> is <c>decided</c> (before the action) or <c>done</c> (what came of it).</summary>
/// <param name="Prev">SHA-256 (hex) of the line before, without its line end; 64 zeros for the first.</param>
internal sealed record AuditEntry(
    long Seq,
    DateTimeOffset At,
    string Run,
    string Who,
    string Face,
    string Phase,
    string Tool,
    string Subject,
    string Decision,
    string Rule,
    string Reason,
    string? Sandbox,
    int? ExitCode,
    string? Result,
    long? Milliseconds,
    string Prev);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class AuditJson : JsonSerializerContext;
