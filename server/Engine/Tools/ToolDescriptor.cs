using System.Text.Json;

namespace CodexSidecar.Engine.Tools;

/// <summary>What a call of a tool is to whoever watches. What it may do is judged by the actions of each call, not by this.</summary>
public enum ToolKind
{
    Read,
    Search,
    Write,
    Run,
}

/// <summary>
/// All that anybody but the tool itself knows of one of the agent's tools: the runner, the prompts, MCP, the OpenAPI document and the
/// titles in editors read it here. A new tool is one file with this in it, and one line in <see cref="ToolRegistry"/>.
/// </summary>
/// <param name="Title">For lists of tools: two or three words.</param>
/// <param name="Purpose">What it does and what it needs, for clients; one or two sentences.</param>
public sealed record ToolDescriptor(string Name, ToolKind Kind, string Title, string Purpose)
{
    /// <summary>One line for a small model: the name and an example of its input.</summary>
    public required string Usage { get; init; }

    /// <summary>The same for read-only work, such as the analysis; null: there is nothing of it there.</summary>
    public string? ReadOnlyUsage
    {
        get => ReadsOnly ? Usage : field;
        init;
    }

    public required IReadOnlyList<ToolMember> Input { get; init; }

    /// <summary>The member of the input that says what a call is about.</summary>
    public required string Subject { get; init; }

    /// <summary>One call in words, short; for any input, also one that cannot be used.</summary>
    public required Func<JsonElement, string> CallTitle { get; init; }

    /// <summary>An input, as JSON, that works in any project with a README.md.</summary>
    public required string Example { get; init; }

    /// <summary>No input of it changes anything or starts a process.</summary>
    public bool ReadsOnly { get; init; }

    /// <summary>It needs a sandbox, and its calls are in the report as commands.</summary>
    public bool StartsProcess { get; init; }

    /// <summary>What it changes is taken back by git's own commands: no snapshot is taken for it.</summary>
    public bool IsUndoneByGit { get; init; }

    /// <summary>The JSON schema of its input.</summary>
    public JsonElement Schema => ToolMember.Schema(Input);
}
