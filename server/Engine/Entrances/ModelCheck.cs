using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Engine.Entrances;

/// <summary>Looks for a model server the way a run would, without starting one.</summary>
public static class ModelCheck
{
    /// <summary>The model's name, with its address; null when no server answers.</summary>
    public static async Task<string?> FindAsync(SidecarHome home, RunSettings settings, CancellationToken cancellationToken) =>
        (await ModelConnection.FindAsync(home.ModelSettings(settings), TimeProvider.System, cancellationToken)).Profile?.Display;
}
