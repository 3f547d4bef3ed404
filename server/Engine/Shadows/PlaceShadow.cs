using CodexSidecar.Contracts;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Shadows;

/// <summary>The last rung: no shadow. Commands and edits change the workspace itself, and a snapshot has to be the way back.</summary>
internal sealed class PlaceShadow(WorkspaceRoot workspace, Sandbox sandbox, string problem) : IShadow
{
    public ShadowRung Rung => ShadowRung.Place;

    public string Description => $"in the workspace itself, with a snapshot as the way back: {problem}";

    public WorkspaceRoot View => workspace;

    public Sandbox Sandbox => sandbox;

    /// <summary>There is nothing to throw away: who works here has the snapshot for it.</summary>
    public Task DiscardAsync() => Task.CompletedTask;

    public ShadowDifference Difference(CancellationToken cancellationToken) => ShadowDifference.None;

    /// <summary>The workspace is its owner's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
