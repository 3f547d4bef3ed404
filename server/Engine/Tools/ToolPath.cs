using CodexSidecar.Engine.Patching.Parsing;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>A path in a tool's input.</summary>
internal static class ToolPath
{
    /// <summary>As written, or as the git program prints it: in quotes, with escapes and numbers for what is no ASCII
    /// (<c>"src/\303\274.js"</c>).</summary>
    /// <exception cref="WorkspaceException">path.</exception>
    public static WorkspacePath Parse(WorkspaceRoot root, string text) =>
        text is ['"', _, .., '"'] && !IsThere(root, text) ? WorkspacePath.Parse(DiffName.Alone(text)) : WorkspacePath.Parse(text);

    private static bool IsThere(WorkspaceRoot root, string text)
    {
        try
        {
            return root.Look(WorkspacePath.Parse(text)) is not null;
        }
        catch (WorkspaceException)
        {
            return false;
        }
    }
}
