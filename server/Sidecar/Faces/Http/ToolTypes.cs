using System.Text.Json;

namespace CodexSidecar.Faces.Http;

/// <summary>The answer to a tool call that was done.</summary>
internal sealed record ToolReply(ToolOutput Result);

/// <param name="Text">What a model would read: within the limits, secrets replaced, a cut is said in it.</param>
/// <param name="ExitCode">Of the command of shell; null for the other tools.</param>
/// <param name="RunId">What <c>codex-sidecar runs undo</c> takes back; null: nothing was changed.</param>
/// <param name="Rule">Which rule allowed it.</param>
internal sealed record ToolOutput(string Text, int? ExitCode, string? RunId, string? Rule);

/// <param name="Level">Calls are judged by it.</param>
internal sealed record ToolList(string Level, IReadOnlyList<ToolCard> Tools);

/// <param name="InputSchema">The JSON schema of the request.</param>
internal sealed record ToolCard(string Name, string Description, bool ReadOnly, JsonElement InputSchema);
