using CodexSidecar.Contracts;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Shadows;

/// <summary>The workspace as one run or one command sees and changes it. On every rung but the last the user's folder is the same
/// afterwards,
/// byte for byte, until somebody takes the difference over.</summary>
internal interface IShadow : IAsyncDisposable
{
    ShadowRung Rung { get; }

    /// <summary>One sentence for people: what keeps the workspace as it is, and why nothing better does.</summary>
    string Description { get; }

    /// <summary>The workspace with the changes: to be read and edited instead of it.</summary>
    WorkspaceRoot View { get; }

    /// <summary>Runs commands in it.</summary>
    Sandbox Sandbox { get; }

    /// <summary>Throws all changes away; the shadow goes on as if it were just opened. Nothing may run in it.</summary>
    Task DiscardAsync();

    /// <summary>What differs from the workspace now.</summary>
    ShadowDifference Difference(CancellationToken cancellationToken);
}
