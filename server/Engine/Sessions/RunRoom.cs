using System.Text;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Orchestration;
using CodexSidecar.Engine.Policy.Rules;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Sessions;

/// <summary>One run on disk and in memory: its locks, its events, its record, and the border where every way it can end becomes one last event.</summary>
internal sealed class RunRoom : IDisposable
{
    private readonly SidecarHome home;
    private readonly RunRequest request;
    private readonly TimeProvider time;
    private readonly FileStream runLock;
    private readonly FileStream workspaceLock;
    private readonly ReportBuilder report = new();
    private readonly VoteJudge judge = new();
    private readonly Lock gate = new();
    private RunRecord record;

    private RunRoom(SidecarHome home, RunRequest request, TimeProvider time, RunFolder folder, RunRecord record, long after, FileStream runLock, FileStream workspaceLock)
    {
        (this.home, this.request, this.time, Folder, this.record, this.runLock, this.workspaceLock) = (home, request, time, folder, record, runLock, workspaceLock);
        Log = new EventLog(folder.Events, record.RunId, after, time);
    }

    public string RunId => record.RunId;

    public RunFolder Folder { get; }

    public EventLog Log { get; }

    public RunRequest Request => request;

    public string SessionId => record.SessionId;

    /// <summary>As the configuration files were when the run began.</summary>
    public required RuleSet Rules { get; init; }

    /// <summary>The tests passed after the last change.</summary>
    public bool ChecksGreen => report.ChecksGreen;

    /// <exception cref="UsageException">The workspace is not a folder, or the cassette cannot be read.</exception>
    /// <exception cref="BusyException">Another run works in the workspace.</exception>
    public static RunRoom Open(SidecarHome home, SessionRecord session, RunRequest request, long after, TimeProvider time)
    {
        if (request.Task.Trim().Length == 0)
        {
            throw new UsageException("The task is empty. Say what should be done, in quotes.");
        }
        if (request.Settings.Cassette is { } cassette)
        {
            CheckCassette(cassette);
        }
        if (request.Settings.Record is { } recording && !Directory.Exists(Path.GetDirectoryName(recording)))
        {
            throw new UsageException($"The folder to record to does not exist: {Path.GetDirectoryName(recording)}");
        }
        if (request.Settings.TestCommand is { } tests && !CommandLine.TrySplit(tests, out _))
        {
            throw new UsageException($"The test command holds signs that only a shell understands: {tests}. Give one program with its arguments, or a script of the project.");
        }
        var workspace = PathRules.Full(session.Workspace);
        var rules = Configuration.Load(home, request.Settings.Workspace);
        var workspaceLock = Disk.TryLock(RunFolder.WorkspaceLock(home, workspace)) ?? throw new BusyException("workspace_busy", $"Another run works in {workspace}. Wait for it, or cancel it.");
        var now = time.GetUtcNow();
        var runId = RunFolder.NewId(time);
        var folder = new RunFolder(Path.Join(home.State, "runs", runId));
        Disk.CreatePrivate(folder.Path);
        var record = new RunRecord(runId, session.SessionId, request.Task, workspace, now, "", []);
        folder.Write(record);
        return new(home, request, time, folder, record, after, folder.TryLock()!, workspaceLock) { Rules = rules };
    }

    /// <summary>Ends with exactly one <see cref="RunFinished"/>, whatever happens; an unsolved run leaves the files as they were.</summary>
    public async Task<RunOutcome> RunAsync(Questions questions, Func<Level?> levelChange, CancellationToken cancellationToken)
    {
        RunWiring? wiring = null;
        var started = time.GetTimestamp();
        RunEnd end;
        try
        {
            wiring = await RunWiring.CreateAsync(home, this, questions, levelChange, time, cancellationToken);
            end = request.TestsOnly ? await TestAgain.RunAsync(wiring.Kit, cancellationToken) : await new Orchestrator(wiring.Kit).RunAsync(cancellationToken);
            wiring.Model.Finish();
        }
        catch (Exception fault)
        {
            end = RunEnds.Of(fault, home, cancellationToken);
        }
        return await FinishAsync(wiring, end, time.GetElapsedTime(started));
    }

    public void Emit(RunEvent happened)
    {
        lock (gate)
        {
            report.Add(happened);
            judge.Add(happened);
            Log.Append(happened);
        }
    }

    /// <summary>Durable when it returns: what a kill after this leaves behind can be undone.</summary>
    public void Keep(string snapshotId, IReadOnlyList<ChangedPath> changes, IReadOnlyList<ChangedPath>? underWay)
    {
        record = record with { SnapshotId = snapshotId, Changes = changes, UnderWay = underWay };
        Folder.Write(record);
    }

    public void KeepTexts(string patchId, IReadOnlyList<PatchText> texts) =>
        Disk.Replace(Path.Join(Folder.Patches, $"{patchId}.json"), JsonSerializer.SerializeToUtf8Bytes(texts, ContractJson.Wire.IReadOnlyListPatchText));

    public void Dispose()
    {
        Log.Dispose();
        runLock.Dispose();
        workspaceLock.Dispose();
    }

    private static void CheckCassette(string file)
    {
        if (!File.Exists(file))
        {
            throw new UsageException($"There is no cassette {file}.");
        }
        try
        {
            CassetteReader.Read(file);
        }
        catch (FormatException broken)
        {
            throw new UsageException(broken.Message);
        }
    }

    private async Task<RunOutcome> FinishAsync(RunWiring? wiring, RunEnd end, TimeSpan took)
    {
        if (wiring is not null)
        {
            end = RollBack(wiring, end);
            await wiring.DisposeAsync();
        }
        var written = report.Build(RunId, end, wiring?.Kit.Tools.Commands ?? [], took);
        Disk.Replace(Folder.ReportData, JsonSerializer.SerializeToUtf8Bytes(written, ContractJson.Wire.Report));
        Disk.Replace(Folder.Report, Encoding.UTF8.GetBytes(ReportText.Write(written)));
        Learn(wiring, end);
        Emit(new StageStarted(Stage.Report, 1));
        Emit(new ReportWritten(written, Folder.Report));
        Emit(new StageFinished(Stage.Report, 1, StageOutcome.Ok));
        record = record with { Stop = end.Stop, Detail = end.Detail };
        Folder.Write(record);
        Emit(new RunFinished(end.Stop, end.Detail, end.Message));
        new RunStore(home, time).CleanSnapshots();
        return new(RunId, end.Stop, end.Detail, end.Message, Folder.Path);
    }

    /// <summary>What came of the run says which votes were right; the next run weighs them by it. A replay teaches nothing.</summary>
    private void Learn(RunWiring? wiring, RunEnd end)
    {
        if (wiring is null || request.Settings.Cassette is not null)
        {
            return;
        }
        var now = time.GetUtcNow();
        var votes = judge.Judge(end.Stop).Select(one => new JudgedVote(now, RunId, one.Vote.Role, one.Vote.Model ?? "", RoleText.Version(one.Vote.Role), one.Vote.Verdict, one.Vote.State, one.Right, one.Vote.Confidence)).ToList();
        new TrackRecordFile(home).Append(votes);
        votes.ForEach(wiring.Track.Add);
        foreach (var (role, model) in votes.Select(vote => (vote.Role, vote.Model)).Distinct().Order())
        {
            Emit(new TrackRecordUpdated(wiring.Track.Of(role, model)));
        }
    }

    private RunEnd RollBack(RunWiring wiring, RunEnd end)
    {
        if (end.IsSolved)
        {
            wiring.Kit.Changes.KeepAfter();
            return end;
        }
        try
        {
            wiring.Kit.Changes.RollBack(Wire.Name(end.Stop).Replace('_', ' '));
            return end;
        }
        catch (Exception fault)
        {
            return RunEnds.Fault(fault, home) with { Message = $"The files could not be put back; try: codex-sidecar runs undo {RunId}. {RunEnds.Fault(fault, home).Message}" };
        }
    }
}
