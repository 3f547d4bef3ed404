using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Sessions;

/// <summary>Puts one run together from its rooms; arrives with them.</summary>
internal sealed class RunRoom : IDisposable
{
    public string RunId => throw new NotImplementedException();
    public EventLog Log => throw new NotImplementedException();
    public static RunRoom Open(SidecarHome home, SessionRecord session, RunRequest request, long after, TimeProvider time) => throw new NotImplementedException();
    public Task<RunOutcome> RunAsync(Questions questions, Func<Level?> levelChange, CancellationToken cancellationToken) => throw new NotImplementedException();
    public void Dispose() => throw new NotImplementedException();
}
