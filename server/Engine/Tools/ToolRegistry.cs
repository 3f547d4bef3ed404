namespace CodexSidecar.Engine.Tools;

/// <summary>The agent's own tools, in the one order used for prompts.</summary>
internal static class ToolRegistry
{
    private static readonly IReadOnlyList<IOwnTool> Tools =
    [
        new ReadFileTool(),
        new WriteFileTool(),
        new ListDirTool(),
        new SearchTool(),
        new GitTool(),
        new ShellTool(),
    ];

    public static IReadOnlyList<ToolDescriptor> All { get; } = [.. Tools.Select(tool => tool.Descriptor)];

    /// <returns>Null: it is no tool of the agent's own.</returns>
    public static ToolDescriptor? Known(string name) => All.FirstOrDefault(tool => tool.Name == name);

    /// <exception cref="ToolInputException">There is no such tool.</exception>
    public static ITool Find(string name) =>
        Tools.FirstOrDefault(tool => tool.Descriptor.Name == name)
        ?? throw new ToolInputException(
            $"There is no tool \"{ToolText.Line(name)}\"; the tools are {string.Join(", ", All.Select(tool => tool.Name))}."
        );
}
