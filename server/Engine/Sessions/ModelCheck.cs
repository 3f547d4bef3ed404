namespace CodexSidecar.Engine.Sessions;

/// <summary>Looks for a model server the way a run would, without starting one.</summary>
public static class ModelCheck
{
    /// <summary>The model's name, with its address; null when no server answers.</summary>
    public static Task<string?> FindAsync(SidecarHome home, RunSettings settings, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
