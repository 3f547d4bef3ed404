namespace CodexSidecar.Engine.Tools;

/// <summary>The six tools, in the one order used for prompts.</summary>
internal static class ToolRegistry
{
    public static IReadOnlyList<ITool> All { get; } = [new ReadFileTool(), new WriteFileTool(), new ListDirTool(), new SearchTool(), new GitTool(), new ShellTool()];

    /// <exception cref="ToolInputException">There is no such tool.</exception>
    public static ITool Find(string name) =>
        All.FirstOrDefault(tool => tool.Name == name)
        ?? throw new ToolInputException($"There is no tool \"{ToolText.Line(name)}\"; the tools are {string.Join(", ", All.Select(tool => tool.Name))}.");
}
