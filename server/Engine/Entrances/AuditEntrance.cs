using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Engine.Entrances;

/// <param name="Lines">From the first one on, as they were written.</param>
/// <param name="BrokenLine">1-based number of the first one that is not; null: the chain holds.</param>
/// <param name="Message">One sentence, when there is something to say.</param>
public sealed record AuditState(string File, long Lines, long? BrokenLine, string? Message);

/// <summary>A line of the audit for people; <paramref name="Json"/> is the line as it is in the file.</summary>
public sealed record AuditLine(
    string Json,
    long Seq,
    DateTimeOffset At,
    string Run,
    string Who,
    string Face,
    string? Role,
    string Phase,
    string Tool,
    string Subject,
    string Decision,
    string Rule,
    string Reason,
    string? Sandbox,
    string? Result,
    long? Milliseconds
);

/// <summary>The audit log, for those who check it.</summary>
public sealed class AuditEntrance(SidecarHome home, TimeProvider time)
{
    private readonly AuditLog log = new(home.State, time);

    public AuditState Verify()
    {
        var check = log.Verify();
        return new(AuditLog.FileIn(home.State), check.Good, check.BrokenLine, check.Message);
    }

    /// <param name="run">The beginning of a run's id; null: all runs.</param>
    public IEnumerable<AuditLine> Lines(string? run) =>
        log.ReadAll()
            .Where(line => run is null || line.Entry.Run.StartsWith(run, StringComparison.Ordinal))
            .Select(line => Line(line.Json, line.Entry));

    private static AuditLine Line(string json, AuditEntry entry) =>
        new(
            json,
            entry.Seq,
            entry.At,
            entry.Run,
            entry.Who,
            entry.Face,
            entry.Role,
            entry.Phase,
            entry.Tool,
            entry.Subject,
            entry.Decision,
            entry.Rule,
            entry.Reason,
            entry.Sandbox,
            entry.Result,
            entry.Milliseconds
        );
}
