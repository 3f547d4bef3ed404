using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Engine.Entrances;

/// <summary>Looks for a model server the way a run would, without starting one.</summary>
public static class ModelCheck
{
    /// <summary>How looking introduces itself: who is looked at by it does not look for servers in turn.</summary>
    public const string UserAgent = EndpointProbe.UserAgent;

    /// <summary>The model's name, with its address; or why a run would have none. Both null: there is no server.</summary>
    public static async Task<(string? Display, string? Problem)> FindAsync(
        SidecarHome home,
        RunSettings settings,
        CancellationToken cancellationToken
    )
    {
        var found = await ModelConnection.FindAsync(home.ModelSettings(settings), TimeProvider.System, cancellationToken);
        // Where nothing was found at all the list of what was looked at is long.
        var isNothing = found.Problem is { Fault: ModelFault.NoModel, Cure: null };
        return (found.Profile?.Display, isNothing ? null : found.Problem?.Message);
    }

    /// <summary>The window of the model a request would go to now, in tokens; null when there is none.</summary>
    public static async Task<int?> WindowAsync(SidecarHome home, RunSettings settings, CancellationToken cancellationToken) =>
        (await ModelConnection.FindAsync(home.ModelSettings(settings), TimeProvider.System, cancellationToken)).Profile?.Window;
}
