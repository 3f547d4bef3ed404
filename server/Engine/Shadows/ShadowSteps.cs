using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Shadows;

/// <summary>What has to be done in the workspace so that it becomes what the shadow shows, at these paths.</summary>
internal static class ShadowSteps
{
    private const UnixFileMode Bits = (UnixFileMode)0x1FF;

    /// <summary>Fifos, sockets and devices are no part of a project.</summary>
    public static bool CanBeTaken(LayerChange change) =>
        change.Before is not { Kind: EntryKind.Special } && change.After is not { Kind: EntryKind.Special };

    /// <param name="view">The shadow's.</param>
    public static IReadOnlyList<BatchStep> Of(WorkspaceRoot workspace, WorkspaceRoot view, IReadOnlyList<LayerChange> changes)
    {
        var steps = new List<BatchStep>();
        foreach (var (path, before, after) in changes)
        {
            switch (after)
            {
                case null when before is not null:
                    steps.Add(new RemoveFile(path, before));
                    break;
                case { Kind: EntryKind.Link, LinkTarget: { } target }:
                    steps.Add(new PutLink(path, before, target));
                    break;
                case { Kind: EntryKind.File } when before is { Kind: EntryKind.File } && IsSame(workspace, view, path, before, after):
                    steps.Add(new SetMode(path, after.Mode & Bits));
                    break;
                case { Kind: EntryKind.File }:
                    steps.Add(new PutFile(path, before, () => view.OpenRead(path), after.Mode & Bits));
                    break;
            }
        }
        var folders = changes.SelectMany(change => BatchOrder.Above(change.Path)).Concat(changes.Select(change => change.Path)).Distinct();
        foreach (var folder in folders)
        {
            var (was, becomes) = (
                workspace.Look(folder)?.Kind is EntryKind.Folder,
                view.Look(folder) is { Kind: EntryKind.Folder } there ? there : null
            );
            if (was && becomes is null)
            {
                steps.Add(new RemoveFolder(folder));
            }
            else if (!was && becomes is not null)
            {
                steps.Add(new MakeFolder(folder, becomes.Mode & Bits));
            }
        }
        return steps;
    }

    private static bool IsSame(WorkspaceRoot workspace, WorkspaceRoot view, WorkspacePath path, FileFact before, FileFact after)
    {
        if (before.Size != after.Size)
        {
            return false;
        }
        using var old = workspace.OpenRead(path);
        using var now = view.OpenRead(path);
        return System.Security.Cryptography.SHA256.HashData(old).AsSpan().SequenceEqual(System.Security.Cryptography.SHA256.HashData(now));
    }
}
