using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Runs;

/// <param name="Title">The first line of the first task; null before the first run.</param>
/// <param name="Busy">A run works in it, in this or another process.</param>
/// <param name="LastStop">Null: no run yet, or one without an end.</param>
public sealed record SessionSummary(
    string SessionId,
    string Workspace,
    string? Title,
    DateTimeOffset UpdatedAt,
    bool Busy,
    StopReason? LastStop
);

/// <summary>The sessions kept in the state folder.</summary>
public sealed class SessionStore(SidecarHome home, TimeProvider time)
{
    private const int LongestTitle = 80;
    private readonly string folder = Path.Join(home.State, "sessions");

    /// <exception cref="UsageException">The workspace is not a folder, or the disk takes no session.</exception>
    public Session New(string workspace)
    {
        CheckWorkspace(workspace);
        var record = new SessionRecord(
            $"s_{time.GetUtcNow():yyyyMMddHHmmss}_{Guid.NewGuid().ToString("n")[..8]}",
            Path.GetFullPath(workspace),
            time.GetUtcNow(),
            []
        );
        try
        {
            Write(record);
            return Held(record.SessionId, held => Session.Open(this, home, record, held, time));
        }
        catch (Exception fault) when (DiskFault.Find(fault) is { } disk)
        {
            throw new UsageException($"The session could not be started. {disk.Sentence}");
        }
    }

    /// <exception cref="UsageException">The workspace is not a folder.</exception>
    public static void CheckWorkspace(string workspace)
    {
        if (!Directory.Exists(workspace))
        {
            throw new UsageException($"The workspace folder does not exist: {workspace}");
        }
    }

    /// <summary>Null: no such session. A run of it that was killed is closed as <c>interrupted</c> first.</summary>
    /// <exception cref="BusyException">Another process works in it.</exception>
    public Session? Open(string sessionId)
    {
        if (Read(sessionId) is null)
        {
            return null;
        }
        return Held<Session?>(sessionId, held =>
        {
            // Read again: until now another process may have gone on with it, or deleted it.
            if (Read(sessionId) is not { } record)
            {
                held.Dispose();
                return null;
            }
            new RunStore(home, time).CloseInterrupted(record.Runs);
            return Session.Open(this, home, record, held, time);
        });
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<SessionSummary> List() =>
        Directory.Exists(folder)
            ?
            [
                .. Directory
                    .EnumerateDirectories(folder)
                    .Select(path => Read(Path.GetFileName(path)))
                    .OfType<SessionRecord>()
                    .Select(Summary)
                    .OrderByDescending(session => session.UpdatedAt),
            ]
            : [];

    /// <summary>Removes the session with its runs and their snapshots; the audit log stays.</summary>
    /// <exception cref="BusyException">A run, or another process, works in it.</exception>
    public bool Delete(string sessionId)
    {
        if (Read(sessionId) is null)
        {
            return false;
        }
        using var held = Lock(sessionId);
        if (Read(sessionId) is not { } record)
        {
            return false;
        }
        if (Summary(record).Busy)
        {
            throw new BusyException("session_busy", "A run works in this session; cancel it first.");
        }
        var snapshots = record
            .Runs.SelectMany(run => EventLog.Read(new RunFolder(Path.Join(home.State, "runs", run)).Events))
            .Select(happened => happened.Event)
            .OfType<SnapshotTaken>()
            .ToList();
        new SnapshotStore(home.Snapshots, time).Delete(snapshots.Select(taken => taken.SnapshotId));
        new RunStore(home, time).CleanSnapshots();
        foreach (var run in record.Runs.Select(run => Path.Join(home.State, "runs", run)).Where(Directory.Exists))
        {
            Directory.Delete(run, recursive: true);
        }
        // From here on nobody finds it any more; its lock can go.
        File.Delete(RecordFile(sessionId));
        held.Dispose();
        Directory.Delete(Path.Join(folder, sessionId), recursive: true);
        return true;
    }

    internal void Write(SessionRecord record) =>
        Disk.Replace(
            RecordFile(record.SessionId),
            JsonSerializer.SerializeToUtf8Bytes(record, SessionJson.Default.SessionRecord),
            home.AtStep
        );

    private string RecordFile(string sessionId) => Path.Join(folder, sessionId, "session.json");

    private FileStream Lock(string sessionId) =>
        Disk.TryLock(Path.Join(folder, sessionId, "lock"))
        ?? throw new BusyException("session_busy", "Another process works in this session.");

    /// <summary>Whoever is made keeps the lock; a failure lets go of it.</summary>
    private T Held<T>(string sessionId, Func<FileStream, T> make)
    {
        var held = Lock(sessionId);
        try
        {
            return make(held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private SessionRecord? Read(string sessionId)
    {
        var file = RecordFile(sessionId);
        if (sessionId.AsSpan().IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789_") >= 0 || !File.Exists(file))
        {
            return null;
        }
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), SessionJson.Default.SessionRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private SessionSummary Summary(SessionRecord record)
    {
        var runs = new RunStore(home, time);
        var summaries = record.Runs.Select(runs.Find).OfType<RunSummary>().ToList();
        var title = summaries.FirstOrDefault()?.Task.Trim().Split('\n')[0];
        return new(
            record.SessionId,
            record.Workspace,
            title is { Length: > LongestTitle } ? title[..LongestTitle] : title,
            summaries.LastOrDefault()?.StartedAt ?? record.CreatedAt,
            summaries.Any(run => run.State is RunStatus.Running),
            summaries.LastOrDefault()?.Stop
        );
    }
}
