using System.Text;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Orchestration;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Policy.Rules;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Reports;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Workspace;
using Microsoft.Extensions.Logging;

namespace CodexSidecar.Engine.Runs;

/// <summary>One run on disk and in memory: its locks, its events, its record, and the border where every way it can end becomes one last
/// event.</summary>
internal sealed partial class RunHost : IDisposable
{
    private readonly SidecarHome home;
    private readonly RunRequest request;
    private readonly TimeProvider time;
    private readonly DisposableStack held;
    private readonly ReportBuilder report = new();
    private readonly VoteJudge judge = new();
    private readonly Lock gate = new();
    private RunRecord record;

    private RunHost(
        SidecarHome home,
        RunRequest request,
        TimeProvider time,
        RunFolder folder,
        RunRecord record,
        EventLog log,
        DisposableStack held
    )
    {
        (this.home, this.request, this.time, Folder, this.record, Log, this.held) = (home, request, time, folder, record, log, held);
    }

    public string RunId => record.RunId;

    public RunFolder Folder { get; }

    public EventLog Log { get; }

    public RunRequest Request => request;

    public string SessionId => record.SessionId;

    /// <summary>As the configuration files were when the run began.</summary>
    public required RuleSet Rules { get; init; }

    /// <summary>The run waited for this model: its first event could not name it yet.</summary>
    public void Waited(string model) => report.Model = model;

    /// <summary>The tests passed after the last change.</summary>
    public bool ChecksGreen => report.ChecksGreen;

    /// <exception cref="UsageException">The workspace is not a folder, the cassette cannot be read, or the disk takes no run.</exception>
    /// <exception cref="BusyException">Another run works in the workspace.</exception>
    public static RunHost Open(SidecarHome home, SessionRecord session, RunRequest request, long after, TimeProvider time)
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
            throw new UsageException(
                $"The test command holds signs that only a shell understands: {tests}. Give one program with its arguments, or a "
                    + $"script of the project."
            );
        }
        var workspace = PathRules.Full(session.Workspace);
        var rules = Configuration.Load(home, request.Settings.Workspace);
        var now = time.GetUtcNow();
        var held = new DisposableStack();
        try
        {
            held.Add(
                Disk.TryLock(RunFolder.WorkspaceLock(home, workspace))
                    ?? throw new BusyException("workspace_busy", $"Another run works in {workspace}. Wait for it, or cancel it.")
            );
            var runId = RunFolder.NewId(time);
            var folder = new RunFolder(Path.Join(home.State, "runs", runId)) { AtStep = home.AtStep };
            Disk.CreatePrivate(folder.FullPath);
            // Locked before it has a record: a record without a lock is that of a run that was killed.
            held.Add(folder.TryLock() ?? throw new BusyException("run_in_progress", $"Another process holds the new run {runId}."));
            var log = held.Add(new EventLog(folder.Events, runId, after, time, home.AtStep, home.Log.Lines));
            var record = new RunRecord(runId, session.SessionId, request.Task, workspace, now, "", []);
            folder.Write(record);
            return new(home, request, time, folder, record, log, held) { Rules = rules };
        }
        catch (Exception fault) when (DiskFault.Find(fault) is { } disk)
        {
            held.Dispose();
            throw new UsageException($"The run was not started. {disk.Sentence}");
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Ends with exactly one <see cref="RunFinished"/>, whatever happens; an unsolved run leaves the files as they were.</summary>
    /// <param name="begin">The first thing the run does; it may fail like any other.</param>
    public async Task<RunOutcome> RunAsync(Questions questions, Func<Level?> levelChange, Action begin, CancellationToken cancellationToken)
    {
        RunSetup? setup = null;
        RunEnd? end = null;
        var started = time.GetTimestamp();
        Began(home.Log.Lines, RunId, request.Caller.Face, Wire.Name(request.Settings.Level), record.Workspace);
        var fault = await Guarded.TryAsync(async () =>
        {
            begin();
            setup = await RunSetup.CreateAsync(home, this, questions, levelChange, time, cancellationToken);
            end = request.TestsOnly
                ? await TestAgain.RunAsync(setup.Services, cancellationToken)
                : await new Orchestrator(setup.Services).RunAsync(cancellationToken);
            setup.Model.Finish();
        });
        end = fault is null ? end! : RunFaults.Of(fault, home, cancellationToken);
        var outcome = await FinishAsync(setup, end, time.GetElapsedTime(started));
        var took = (long)time.GetElapsedTime(started).TotalMilliseconds;
        var detail = outcome.Detail is null ? "" : $" ({outcome.Detail})";
        Ended(home.Log.Lines, RunId, Wire.Name(outcome.Stop), detail, took);
        return outcome;
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
        Disk.Replace(
            Path.Join(Folder.Patches, $"{patchId}.json"),
            JsonSerializer.SerializeToUtf8Bytes(texts, ContractJson.Wire.IReadOnlyListPatchText),
            home.AtStep
        );

    public void Dispose() => held.Dispose();

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

    /// <summary>In steps that may fail, each for itself, so that the last event comes in any case.</summary>
    private async Task<RunOutcome> FinishAsync(RunSetup? setup, RunEnd end, TimeSpan took)
    {
        var steps = new EndSteps(home, Emit);
        if (setup is not null)
        {
            if (!end.IsSolved)
            {
                steps.Do("keep the patch", "The patch could not be kept", () => Keep(setup.Services.Changes));
            }
            end = PutBack(setup.Services.Changes, end, steps);
            await steps.DoAsync("close", "Not everything the run had opened could be closed", () => setup.DisposeAsync().AsTask());
        }
        Report? written = null;
        steps.Do("report", "The report could not be written", () =>
        {
            var built = report.Build(RunId, end, setup?.Services.Tools.Commands ?? [], took);
            Disk.Replace(Folder.ReportData, JsonSerializer.SerializeToUtf8Bytes(built, ContractJson.Wire.Report), home.AtStep);
            Disk.Replace(Folder.Report, Encoding.UTF8.GetBytes(ReportText.Write(built)), home.AtStep);
            written = built;
        });
        steps.Do("track record", "The votes could not be added to the track record", () => Learn(setup, end));
        steps.Do("tell the report", "The report could not be told", () =>
        {
            Emit(new StageStarted(Stage.Report, 1));
            if (written is not null)
            {
                Emit(new ReportWritten(written, Folder.Report));
            }
            Emit(new StageFinished(Stage.Report, 1, written is null ? StageOutcome.Failed : StageOutcome.Ok));
        });
        steps.Do("record", "How the run ended could not be noted", () =>
        {
            record = record with { Stop = end.Stop, Detail = end.Detail };
            Folder.Write(record);
        });
        var last = Log.Finish(new RunFinished(end.Stop, end.Detail, end.Message + steps.Untold));
        steps.Do("clean", "Old snapshots could not be cleaned up", () => new RunStore(home, time).CleanSnapshots());
        return new(RunId, end.Stop, end.Detail, last.Message, Folder.FullPath);
    }

    /// <summary>No work is lost: what the run has not brought into the workspace can still be had.</summary>
    private void Keep(RunChanges changes)
    {
        if (changes.Patch() is { IsEmpty: false } patch)
        {
            Disk.Replace(Folder.KeptPatch, Encoding.UTF8.GetBytes(GitPatch.Write(patch)), home.AtStep);
            Emit(
                new NoticeRaised(
                    Severity.Info,
                    "The patch is kept",
                    $"To look at it: codex-sidecar runs diff {RunId}; to have it in your files: codex-sidecar runs apply {RunId}"
                )
            );
        }
    }

    /// <summary>What came of the run says which votes were right; the next run weighs them by it. A replay teaches nothing.</summary>
    private void Learn(RunSetup? setup, RunEnd end)
    {
        if (setup is null || request.Settings.Cassette is not null)
        {
            return;
        }
        var now = time.GetUtcNow();
        var votes = judge
            .Judge(end.Stop)
            .Select(one => new JudgedVote(
                now,
                RunId,
                one.Vote.Role,
                one.Vote.Model ?? "",
                RoleText.Version(one.Vote.Role),
                one.Vote.Verdict,
                one.Vote.State,
                one.Right,
                one.Vote.Confidence
            ))
            .ToList();
        new TrackRecordFile(home, time).Append(votes);
        votes.ForEach(setup.Track.Add);
        foreach (var (role, model) in votes.Select(vote => (vote.Role, vote.Model)).Distinct().Order())
        {
            Emit(new TrackRecordUpdated(setup.Track.Of(role, model)));
        }
    }

    /// <returns>The end as it is then: files that cannot be put back are one of their own.</returns>
    private RunEnd PutBack(RunChanges changes, RunEnd end, EndSteps steps)
    {
        if (end.IsSolved)
        {
            steps.Do("keep after", "What the run left in the files could not be noted, so an undo may find conflicts", changes.KeepAfter);
            return end;
        }
        if (changes.IsUntouched)
        {
            return end;
        }
        IReadOnlyList<RunEvent> happened = [];
        var fault = Guarded.Try(() =>
        {
            home.AtStep?.Invoke("put back");
            happened = changes.PutBack(Wire.Name(end.Stop).Replace('_', ' '));
        });
        if (fault is not null)
        {
            var why = RunFaults.Fault(fault, home);
            return why with { Message = $"The files could not be put back; try: codex-sidecar runs undo {RunId}. {why.Message}" };
        }
        steps.Do("note what is back", "That the files are back could not be noted", () => changes.Save());
        steps.Do("tell what is back", "That the files are back could not be told", () => happened.ToList().ForEach(Emit));
        return end;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId} begins: {Face}, {Level}, {Workspace}")]
    private static partial void Began(ILogger log, string runId, string face, string level, string workspace);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId} ended: {Stop}{Detail} after {Milliseconds} ms")]
    private static partial void Ended(ILogger log, string runId, string stop, string detail, long milliseconds);
}
