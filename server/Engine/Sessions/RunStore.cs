using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Sessions;

/// <param name="Stop">Null while the run is working, or when it was killed (<paramref name="State"/> tells).</param>
/// <param name="State"><c>running</c>, <c>finished</c>, <c>unfinished</c> (killed; undo restores) or <c>undone</c>.</param>
public sealed record RunSummary(string RunId, string Task, string Workspace, DateTimeOffset StartedAt, string State, StopReason? Stop, string? Detail, string Folder);

/// <param name="Restored">Paths put back.</param>
/// <param name="Conflicts">Paths the user has changed since; while there are any, nothing is restored.</param>
public sealed record UndoResult(IReadOnlyList<string> Restored, IReadOnlyList<string> Conflicts, string Message);

/// <summary>The runs kept in the state folder.</summary>
public sealed class RunStore(SidecarHome home, TimeProvider time)
{
    /// <summary>Newest first.</summary>
    public IReadOnlyList<RunSummary> List() => throw new NotImplementedException($"{home} {time}");

    /// <summary>Null: no such run. An unambiguous beginning of an id is enough.</summary>
    public RunSummary? Find(string runId) => throw new NotImplementedException();

    /// <summary>Everything that happened, for drawing it again.</summary>
    public IReadOnlyList<EventEnvelope> Events(RunSummary run) => throw new NotImplementedException();

    internal void CloseInterrupted(IEnumerable<string> runIds) => _ = runIds;

    /// <summary>Restores the before-state of a run, all or nothing.</summary>
    public UndoResult Undo(RunSummary run) => throw new NotImplementedException();
}
