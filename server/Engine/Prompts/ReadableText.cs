using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Prompts;

/// <summary>A workspace file as text for a prompt: LF only, no byte order mark.</summary>
internal static class ReadableText
{
    private const int MostBytes = 1 << 20;

    /// <returns>Null: there is no such file, it is not for the model (secret by its name, or hidden), or it is not a text of at most 1
    /// MiB.</returns>
    public static string? Read(WorkspaceRoot root, string path)
    {
        try
        {
            var place = WorkspacePath.Parse(path);
            return FileActions.Hides(root, place) is null ? Text(root, FileActions.Texts(root), place) : null;
        }
        catch (WorkspaceException)
        {
            return null;
        }
    }

    /// <summary>The same for paths of a walk, which names no links and nothing hidden: many times faster.</summary>
    public static Func<string, string?> OfWalk(WorkspaceRoot root)
    {
        var texts = FileActions.Texts(root);
        return path => SecretNames.Covers(path) ? null : Listed(root, texts, path);
    }

    private static string? Listed(WorkspaceRoot root, TextFiles texts, string path)
    {
        try
        {
            return Text(root, texts, WorkspacePath.OfDisk(path));
        }
        catch (WorkspaceException)
        {
            return null;
        }
    }

    private static string? Text(WorkspaceRoot root, TextFiles texts, WorkspacePath path)
    {
        try
        {
            return texts.Text(path.Value, root.Read(path, MostBytes)).Replace("\r\n", "\n", StringComparison.Ordinal);
        }
        catch (RefusedException)
        {
            return null;
        }
    }
}
