using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Snapshots;

namespace CodexSidecar.Engine.Sessions;

/// <summary>A session on disk: <c>sessions/ID/session.json</c>. Its events are those of its runs, in order.</summary>
internal sealed record SessionRecord(string SessionId, string Workspace, DateTimeOffset CreatedAt, IReadOnlyList<string> Runs);

/// <param name="Title">The first line of the first task; null before the first run.</param>
/// <param name="Busy">A run works in it, in this or another process.</param>
/// <param name="LastStop">Null: no run yet, or one without an end.</param>
public sealed record SessionSummary(string SessionId, string Workspace, string? Title, DateTimeOffset UpdatedAt, bool Busy, StopReason? LastStop);

/// <summary>The sessions kept in the state folder.</summary>
public sealed class SessionStore(SidecarHome home, TimeProvider time)
{
    private const int LongestTitle = 80;
    private readonly string folder = Path.Join(home.State, "sessions");

    /// <exception cref="UsageException">The workspace is not a folder.</exception>
    public Session New(string workspace)
    {
        CheckWorkspace(workspace);
        var record = new SessionRecord($"s_{time.GetUtcNow():yyyyMMddHHmmss}_{Guid.NewGuid().ToString("n")[..8]}", Path.GetFullPath(workspace), time.GetUtcNow(), []);
        Write(record);
        return Session.Open(this, home, record, time);
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
        if (Read(sessionId) is not { } record)
        {
            return null;
        }
        new RunStore(home, time).CloseInterrupted(record.Runs);
        return Session.Open(this, home, record, time);
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<SessionSummary> List() =>
        Directory.Exists(folder)
            ? [.. Directory.EnumerateDirectories(folder).Select(path => Read(Path.GetFileName(path))).OfType<SessionRecord>().Select(Summary).OrderByDescending(session => session.UpdatedAt)]
            : [];

    /// <summary>Removes the session with its runs and their snapshots; the audit log stays.</summary>
    /// <exception cref="BusyException">A run works in it.</exception>
    public bool Delete(string sessionId)
    {
        if (Read(sessionId) is not { } record)
        {
            return false;
        }
        if (Summary(record).Busy)
        {
            throw new BusyException("session_busy", "A run works in this session; cancel it first.");
        }
        var snapshots = record.Runs.SelectMany(run => EventLog.Read(new RunFolder(Path.Join(home.State, "runs", run)).Events)).Select(happened => happened.Event).OfType<SnapshotTaken>().ToList();
        new SnapshotStore(RunStore.SnapshotFolder(home), time).Delete(snapshots.Select(taken => taken.SnapshotId));
        new RunStore(home, time).CleanSnapshots();
        foreach (var run in record.Runs.Select(run => Path.Join(home.State, "runs", run)).Append(Path.Join(folder, record.SessionId)).Where(Directory.Exists))
        {
            Directory.Delete(run, recursive: true);
        }
        return true;
    }

    internal void Write(SessionRecord record) =>
        Disk.Replace(Path.Join(folder, record.SessionId, "session.json"), JsonSerializer.SerializeToUtf8Bytes(record, SessionJson.Default.SessionRecord));

    internal FileStream? TryLock(string sessionId) => Disk.TryLock(Path.Join(folder, sessionId, "lock"));

    private SessionRecord? Read(string sessionId)
    {
        var file = Path.Join(folder, sessionId, "session.json");
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
            record.SessionId, record.Workspace, title is { Length: > LongestTitle } ? title[..LongestTitle] : title,
            summaries.LastOrDefault()?.StartedAt ?? record.CreatedAt, summaries.Any(run => run.State == "running"), summaries.LastOrDefault()?.Stop);
    }
}
