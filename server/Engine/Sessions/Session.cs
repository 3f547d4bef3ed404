using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Sessions;

/// <summary>One conversation with one client; the only way for a face into the engine.</summary>
public sealed class Session : IAsyncDisposable
{
    public static Session Open(SidecarHome home, TimeProvider time) => throw new NotImplementedException();

    /// <summary>Runs one task from the request to the report. Always ends with one <see cref="RunFinished"/>; cancelling ends it as <c>cancelled</c>, not with an exception.</summary>
    /// <exception cref="UsageException">Nothing was started.</exception>
    public Task<RunOutcome> RunAsync(RunRequest request, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>All events of the session in order, from the first; ends after the <see cref="RunFinished"/> of the current run, or when the run could not start.</summary>
    public IAsyncEnumerable<EventEnvelope> EventsAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Answers a <see cref="PermissionAsked"/>; an unknown or already answered id does nothing.</summary>
    public void Answer(string askId, Answer answer) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
