using CodexSidecar.Engine.Policy.Rules;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.State;

/// <summary>Finds the two configuration files. The workspace's is read through the jail: it is the repository's, and not to be
/// trusted.</summary>
internal static class Configuration
{
    public const string WorkspaceFile = ".codex-sidecar/config.json";
    private const int MostBytes = 256 << 10;

    public static string UserFile(SidecarHome home) => Path.Join(home.Config, "config.json");

    /// <exception cref="UsageException">One of the files cannot be used; the message names it and the rule.</exception>
    public static RuleSet Load(SidecarHome home, WorkspaceRoot root)
    {
        try
        {
            return User(UserFile(home)).With(Workspace(root));
        }
        catch (RuleFileException broken)
        {
            throw new UsageException(broken.Message);
        }
    }

    /// <summary>For those who have not opened the workspace yet.</summary>
    public static RuleSet Load(SidecarHome home, string workspace)
    {
        using var root = WorkspaceRoot.Open(workspace);
        return Load(home, root);
    }

    private static RuleSet User(string file)
    {
        try
        {
            return File.Exists(file) ? RuleFile.Parse(File.ReadAllBytes(file), RuleSource.User, file) : RuleSet.None;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file} cannot be read: {refused.Message}");
        }
    }

    private static RuleSet Workspace(WorkspaceRoot root)
    {
        var path = WorkspacePath.Parse(WorkspaceFile);
        try
        {
            return root.Look(path) is null ? RuleSet.None : RuleFile.Parse(root.Read(path, MostBytes), RuleSource.Workspace, WorkspaceFile);
        }
        catch (WorkspaceException refused)
        {
            throw new UsageException($"The workspace's {WorkspaceFile} cannot be read: {refused.Message}");
        }
    }
}
