using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>Paths no patch may name, whoever asks.</summary>
internal static class PatchPath
{
    /// <returns>The path as the workspace writes it.</returns>
    /// <exception cref="RefusedException">path.</exception>
    public static string Check(string path)
    {
        try
        {
            var parsed = WorkspacePath.Parse(path);
            return parsed switch
            {
                { IsRoot: true } => throw new RefusedException("path", "A block needs the path of a file."),
                { IsReserved: true } => throw new RefusedException(
                    "path",
                    $"{path} is refused: a patch never changes files in .git or .codex-sidecar."
                ),
                _ => parsed.Value,
            };
        }
        catch (WorkspaceException refused)
        {
            throw new RefusedException(refused.Code, refused.Message);
        }
    }
}
