using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Revisions;

/// <summary>
/// The right to change a session's workspace between its runs: holds the workspace's lock, and tells what was done as events of the run it
/// is about, behind
/// the session's last one. They are kept in the newest run's file, since a session's events are in the order of its files.
/// </summary>
internal sealed class Revision : IDisposable
{
    private readonly SidecarHome home;
    private readonly IReadOnlyList<RunFolder> runs;
    private readonly TimeProvider time;
    private readonly string face;
    private readonly FileStream held;

    private Revision(
        SidecarHome home,
        IReadOnlyList<RunFolder> runs,
        string workspace,
        long lastSeq,
        TimeProvider time,
        string face,
        FileStream held
    )
    {
        (this.home, this.runs, this.time, this.face, this.held, LastSeq) = (home, runs, time, face, held, lastSeq);
        Store = new SnapshotStore(home.Snapshots, time);
        Root = WorkspaceRoot.Open(workspace);
    }

    public long LastSeq { get; private set; }

    public WorkspaceRoot Root { get; }

    public SnapshotStore Store { get; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<RunFolder> Runs => runs;

    /// <param name="face">By which way in, for the audit.</param>
    /// <exception cref="BusyException">A run works in the workspace.</exception>
    /// <exception cref="UsageException">The workspace is gone.</exception>
    public static Revision Open(
        SidecarHome home,
        SessionRecord session,
        IReadOnlyList<RunFolder> runs,
        long lastSeq,
        TimeProvider time,
        string face
    )
    {
        if (!Directory.Exists(session.Workspace))
        {
            throw new UsageException($"The workspace is gone: {session.Workspace}");
        }
        var held = Disk.TryLock(RunFolder.WorkspaceLock(home, PathRules.Full(session.Workspace)))
            ?? throw new BusyException("workspace_busy", $"Another run works in {session.Workspace}. Wait for it, or cancel it.");
        try
        {
            return new(home, runs, session.Workspace, lastSeq, time, face, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public IEnumerable<EventEnvelope> Events() => runs.SelectMany(run => EventLog.Read(run.Events));

    public void Tell(string runId, params IReadOnlyList<RunEvent> happened)
    {
        using var log = new EventLog(runs[^1].Events, runId, LastSeq, time);
        foreach (var one in happened)
        {
            log.Append(one);
        }
        LastSeq = log.LastSeq;
    }

    /// <summary>The state before the change, for going back.</summary>
    public async Task<Snapshot> TakeSnapshotAsync(string runId, CancellationToken cancellationToken)
    {
        var taken = await Store.TakeAsync(Root, cancellationToken);
        Tell(runId, new SnapshotTaken(taken.Id, taken.Files));
        return taken;
    }

    /// <summary>Runs what the user has decided, between its two lines in the audit log.</summary>
    /// <exception cref="IOException">The audit log cannot be written: nothing was done.</exception>
    public T Audited<T>(string runId, string subject, string reason, Func<T> act, Func<T, string> came)
    {
        var audit = new AuditLog(home.State, time);
        var started = time.GetTimestamp();
        var line = new AuditEntry(
            0,
            default,
            runId,
            Caller.CommandLine.Client,
            face,
            "decided",
            WriteFileTool.ToolName,
            subject,
            "allow",
            "user",
            reason,
            null,
            null,
            null,
            null,
            ""
        )
        {
            Role = "person",
        };
        audit.Append(line);
        var result = "failed";
        try
        {
            var done = act();
            result = came(done);
            return done;
        }
        finally
        {
            audit.Append(
                line with
                {
                    Phase = "done",
                    Result = result,
                    Milliseconds = (long)time.GetElapsedTime(started).TotalMilliseconds,
                }
            );
        }
    }

    public void Dispose()
    {
        Root.Dispose();
        held.Dispose();
    }
}
