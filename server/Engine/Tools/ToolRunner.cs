using System.Text.Json;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Tools;

/// <summary>The one place where tools run: validate, policy, audit, snapshot, run, event; in this order.</summary>
internal sealed class ToolRunner(ToolContext context)
{
    /// <summary>Commands that ran or were refused, for the report.</summary>
    public IReadOnlyList<CommandRecord> Commands => throw new NotImplementedException($"{context}");

    /// <summary>For the prompt: one line a tool, in a fixed order.</summary>
    public static string Describe(bool readOnly) => throw new NotImplementedException($"{readOnly}");

    /// <summary>A call as the model or a client words it. Never throws for bad input or a refusal: the result's text says what to do.</summary>
    public Task<ToolResult> RunAsync(string tool, JsonElement input, CancellationToken cancellationToken) => throw new NotImplementedException($"{tool} {input}");

    /// <summary>A validated action; the orchestrator's own (patch, tests, commit) come here directly.</summary>
    public Task<ToolOutcome<T>> RunAsync<T>(ToolAction<T> action, CancellationToken cancellationToken) where T : class, IToolResult => throw new NotImplementedException($"{action}");
}
