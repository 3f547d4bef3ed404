using System.Text.Json.Serialization;

namespace CodexSidecar.Engine.Audit;

/// <summary>One line of the audit log. <c>Phase</c> is <c>decided</c> (before the action) or <c>done</c> (what came of it).</summary>
/// <param name="Who">The client's name and version.</param>
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
    string Prev
)
{
    public string? Session { get; init; }

    /// <summary>Where the process worked: <c>overlay</c>, <c>clone</c> or <c>place</c>; null: none was started.</summary>
    public string? Shadow { get; init; }

    /// <summary>The user of the operating system.</summary>
    public string? User { get; init; }

    /// <summary>On whose word: <c>agent</c> (a model's) or <c>person</c>.</summary>
    public string? Role { get; init; }

    /// <summary>The call's input as JSON, redacted and cut; with <c>decided</c>.</summary>
    public string? Arguments { get; init; }

    /// <summary>With <c>done</c>.</summary>
    public ActionFacts? Facts { get; init; }
}

/// <summary>What an action really was and left behind.</summary>
/// <param name="Argv">What ran, redacted; null: no process.</param>
/// <param name="Folder">Where it ran.</param>
/// <param name="OutputBytes">Of its output, before it was cut for anybody, as UTF-8.</param>
/// <param name="Files">What a tool wrote. What a command wrote is in the run's record.</param>
internal sealed record ActionFacts(
    IReadOnlyList<string>? Argv = null,
    string? Folder = null,
    long? OutputBytes = null,
    string? OutputSha256 = null,
    IReadOnlyList<AuditFile>? Files = null
);

/// <summary>SHA-256 in hex; null: the file was not or is not there.</summary>
internal sealed record AuditFile(string Path, string? Before, string? After);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class AuditJson : JsonSerializerContext;
