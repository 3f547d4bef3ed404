using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>A validated call that has not run yet: what it would do, and how.</summary>
/// <param name="Tool">The name of one of the agent's own tools.</param>
/// <param name="Input">As asked, for the event and the audit.</param>
/// <param name="Actions">What Policy is asked about; the strictest answer counts.</param>
/// <param name="Writes">Paths that are in the snapshot before <paramref name="Run"/> is called.</param>
/// <param name="HasOwnEvents">Patches, tests and commits have events of their own kind; the runner emits no tool_started and tool_finished
/// for them.</param>
internal sealed record ToolAction<T>(
    string Tool,
    JsonElement Input,
    IReadOnlyList<PolicyAction> Actions,
    IReadOnlyList<WorkspacePath> Writes,
    Func<CancellationToken, Task<T>> Run,
    bool HasOwnEvents = false
)
    where T : IToolResult;

/// <summary>What the audit and the events say of a result.</summary>
internal interface IToolResult
{
    bool Ok { get; }

    /// <summary>One short line for people.</summary>
    string Summary { get; }
    int? ExitCode { get; }

    /// <summary>What the audit keeps of it.</summary>
    string Record => Summary;

    /// <summary>What the audit keeps in members of their own.</summary>
    ActionFacts? Facts => null;
}

/// <param name="Text">What the model reads: redacted, within the limits, a cut is said in it.</param>
/// <param name="Record">What the audit keeps; null: the summary.</param>
internal sealed record ToolResult(bool Ok, string Text, string Summary, int? ExitCode = null, string? Record = null) : IToolResult
{
    string IToolResult.Record => Record ?? Summary;
    public ActionFacts? Facts { get; init; }
    public ToolEnd End { get; init; } = Ok ? ToolEnd.Done : ToolEnd.Failed;

    /// <summary>Of the <see cref="WorkspaceException"/> that ended it; null: nothing of that kind.</summary>
    public string? Code { get; init; }

    /// <summary>Null: it did not come to a decision.</summary>
    public Decision? Decision { get; init; }
}

/// <summary>Either a value, or the decision that refused it.</summary>
internal sealed record ToolOutcome<T>(T? Value, Decision Decision)
    where T : class, IToolResult
{
    public bool Refused => Value is null;
}

/// <summary>The input of a tool cannot be used; one sentence that helps the model to repair it.</summary>
internal sealed class ToolInputException(string message) : Exception(message);
