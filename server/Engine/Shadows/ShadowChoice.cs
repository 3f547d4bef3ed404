using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Processes.Overlay;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Shadows;

/// <summary>The best rung that works here, found out by trying it, as the sandbox is.</summary>
internal static class ShadowChoice
{
    /// <param name="shadows">Where they lie in the state folder.</param>
    /// <param name="name">Of the run or the call: a folder's name.</param>
    public static async Task<IShadow> OpenAsync(
        string shadows,
        string name,
        WorkspaceRoot workspace,
        Sandbox sandbox,
        CancellationToken cancellationToken
    )
    {
        var (place, problem) = await OverlayTrial.FindFolderAsync(
            sandbox,
            workspace.Folder,
            ShadowFolder.Places(shadows),
            cancellationToken
        );
        if (place is null)
        {
            return new PlaceShadow(workspace, sandbox, problem);
        }
        var folder = await ShadowFolder.MakeAsync(place, name);
        try
        {
            return new OverlayShadow(workspace.Folder, folder, sandbox);
        }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
    }
}
