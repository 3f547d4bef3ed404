using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Shadows;

/// <summary>How the shadow differs from the workspace, in ordinal order of the paths; without what ignore files leave out.</summary>
/// <param name="Changes">Files and links.</param>
/// <param name="Stale">Of these, the paths that somebody else has changed in the workspace since the shadow was opened.</param>
/// <param name="ChangesGit">Commits, branches, settings: anything in a <c>.git</c> but git's own note of what it has looked at.</param>
internal sealed record ShadowDifference(IReadOnlyList<LayerChange> Changes, IReadOnlySet<WorkspacePath> Stale, bool ChangesGit)
{
    public static ShadowDifference None { get; } = new([], new HashSet<WorkspacePath>(), false);
}
