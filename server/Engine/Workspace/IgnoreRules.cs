namespace CodexSidecar.Engine.Workspace;

/// <summary>
/// The ignore files that hold in one folder: its own and those of the folders above it. The innermost line that matches decides, the last
/// one of a file;
/// .gitignore and .codexignore apart, so that what one leaves out the other cannot take in again. Not read: the user's global excludes and
/// ignore files
/// above the workspace, which lie outside the jail.
/// </summary>
internal sealed class IgnoreRules
{
    private const int MostBytes = 1 << 20;

    /// <summary>What is left out where the root has no .gitignore. Only folders that are large, made by a tool, and named so for nothing
    /// else; the list stays this short.</summary>
    private static readonly string[] Heavy = ["node_modules/", ".venv/", "__pycache__/"];

    private readonly IgnoreScope? git;
    private readonly IgnoreScope? codex;
    private readonly bool withoutGitIgnore;

    private IgnoreRules(IgnoreScope? git, IgnoreScope? codex, bool withoutGitIgnore) =>
        (this.git, this.codex, this.withoutGitIgnore) = (git, codex, withoutGitIgnore);

    /// <summary>What holds above the root's own files: the repository's exclude file, and the heavy folders if nobody else
    /// speaks.</summary>
    public static IgnoreRules Of(Jail jail)
    {
        using var root = jail.OpenFolder(WorkspacePath.Root, exact: true);
        var without = root.Look(".gitignore", WorkspacePath.Root) is null;
        return new(IgnoreScope.Over(without ? IgnoreScope.Over(null, 0, Heavy) : null, 0, ExcludeLines(jail)), null, without);
    }

    /// <summary>Inside a folder that is not ignored itself.</summary>
    /// <param name="depth">0 for the root.</param>
    public IgnoreRules Enter(JailFolder folder, int depth)
    {
        // Rust's build folder has a name that other projects use for sources.
        var rust = withoutGitIgnore && folder.Look("Cargo.toml", WorkspacePath.Root) is not null;
        var above = rust ? IgnoreScope.Over(git, depth, ["/target/"]) : git;
        return new(
            IgnoreScope.Over(above, depth, Lines(folder, ".gitignore")),
            IgnoreScope.Over(codex, depth, Lines(folder, ".codexignore")),
            withoutGitIgnore
        );
    }

    public bool IsIgnored(ReadOnlySpan<string> path, bool isFolder) => IgnoreScope.Decides(git, path, isFolder);

    /// <summary>The user hides it from the sidecar, whatever git thinks of it.</summary>
    public bool IsHidden(ReadOnlySpan<string> path, bool isFolder) => IgnoreScope.Decides(codex, path, isFolder);

    private static IReadOnlyList<string> ExcludeLines(Jail jail)
    {
        try
        {
            using var info = jail.OpenFolder(WorkspacePath.OfDisk(".git/info"), exact: true);
            return Lines(info, "exclude");
        }
        catch (Exception absent) when (Refusal.IsSystem(absent))
        {
            return [];
        }
    }

    /// <summary>A link, a folder or a monster in place of an ignore file counts as none.</summary>
    private static IReadOnlyList<string> Lines(JailFolder folder, string name)
    {
        try
        {
            if (folder.Look(name, WorkspacePath.Root) is not { Kind: EntryKind.File, Size: > 0 and <= MostBytes })
            {
                return [];
            }
            using var reader = new StreamReader(new FileStream(folder.OpenFile(name), FileAccess.Read));
            return reader.ReadToEnd().Split('\n');
        }
        catch (Exception unreadable) when (Refusal.IsSystem(unreadable))
        {
            return [];
        }
    }

    /// <summary>One file's patterns over those of the folders above.</summary>
    /// <param name="Depth">How many parts of a path lie above the file.</param>
    private sealed record IgnoreScope(IgnoreScope? Above, int Depth, IReadOnlyList<IgnorePattern> Patterns)
    {
        public static IgnoreScope? Over(IgnoreScope? above, int depth, IReadOnlyList<string> lines) =>
            lines.Count == 0 ? above : new(above, depth, [.. lines.Select(IgnorePattern.Parse).OfType<IgnorePattern>()]);

        public static bool Decides(IgnoreScope? innermost, ReadOnlySpan<string> path, bool isFolder)
        {
            for (var scope = innermost; scope is not null; scope = scope.Above)
            {
                for (var i = scope.Patterns.Count - 1; i >= 0; i--)
                {
                    if (scope.Patterns[i].Matches(path[scope.Depth..], isFolder))
                    {
                        return !scope.Patterns[i].Includes;
                    }
                }
            }
            return false;
        }
    }
}
