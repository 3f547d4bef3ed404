using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Policy;

namespace CodexSidecar.Engine.Tools;

/// <summary>One call on its way through the runner.</summary>
/// <param name="Started">A timestamp of the context's clock.</param>
internal sealed record ToolCall(string Id, string Tool, IReadOnlyList<PolicyAction> Actions, long Started)
{
    public JsonElement Input { get; init; }

    /// <summary>Null: it is no tool of the agent's own.</summary>
    public ToolDescriptor? Descriptor => ToolRegistry.Known(Tool);

    public string Subject => string.Join(", ", Actions.Select(action => action.Subject).Distinct(StringComparer.Ordinal));

    public long Milliseconds(TimeProvider time) => (long)time.GetElapsedTime(Started).TotalMilliseconds;

    /// <summary>Null: it starts no process.</summary>
    public string? Sandbox(ToolContext context) =>
        Actions.Any(action => LevelPolicy.StartsProcess(action.Kind)) ? Wire.Name(context.Sandbox) : null;
}
