using System.Text.Json;

namespace CodexSidecar.Engine.Tools;

/// <summary>One of the agent's own tools (<see cref="IOwnTool"/>), or a tool of one of the user's MCP servers.</summary>
internal interface ITool
{
    string Name { get; }

    /// <summary>One line for a small model: the name and an example of its input. Null: there is nothing of it in read-only work.</summary>
    string? Usage(bool readOnly);

    /// <summary>Reads and checks the input; looks at files at most, changes nothing.</summary>
    /// <exception cref="ToolInputException">The input cannot be used.</exception>
    /// <exception cref="Workspace.WorkspaceException">A path in it cannot.</exception>
    ToolAction<ToolResult> Prepare(ToolContext context, JsonElement input, CancellationToken cancellationToken);
}
