using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>
/// The files of a workspace that a command which only reads must not see: those with secrets by their name, and what .codexignore lists.
/// Tests and builds see them: a project's own tests often need its .env and its test keys.
/// </summary>
internal static class SecretFiles
{
    private const int Most = 1_000;

    /// <returns>Absolute paths of files and folders that exist.</returns>
    /// <exception cref="SandboxException">There are more than a sandbox can cover.</exception>
    public static IReadOnlyList<string> Find(WorkspaceRoot root, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        var options = new WalkOptions(Git: false, LeftOut: path => Add(path));
        foreach (
            var file in root.WalkAll(options, cancellationToken)
                .Where(file => file.Kind is not EntryKind.Folder && SecretNames.Covers(file.Path.Value))
        )
        {
            Add(file.Path);
        }
        return found.Count <= Most
            ? found
            : throw new SandboxException(
                $"This workspace has more than {Most:N0} files that may hold secrets; a command that reads cannot be kept from "
                    + $"them. Use the search tool."
            );

        void Add(WorkspacePath path)
        {
            // A link is covered where it ends; what lies outside the workspace has its own list.
            if (
                path.Name != ".git"
                && HiddenPaths.Resolve(Path.Join(root.Folder, path.Value)) is { } real
                && real.StartsWith(root.Folder.TrimEnd('/') + "/", StringComparison.Ordinal)
            )
            {
                found.Add(real);
            }
        }
    }
}
