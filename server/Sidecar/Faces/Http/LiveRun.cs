using CodexSidecar.Contracts;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Http;

/// <summary>One task from the first request for it to the end of its answer, however many connections come and go.</summary>
internal sealed class LiveRun(
    SidecarHome home,
    RunRequest request,
    string? sessionId,
    IReadOnlyList<string> allow,
    TimeProvider time,
    Func<string, string> log
) : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15),
        MostWaiting = TimeSpan.FromMinutes(10),
        LookAgain = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource cancel = new();
    private readonly Lock gate = new();
    private ITimer? grace;
    private int readers;

    public LiveAnswer Answer { get; } = new();

    /// <summary>Null until the run has begun.</summary>
    public string? RunId { get; private set; }

    /// <summary>Null until it has been opened, when the conversation had none.</summary>
    public string? SessionId { get; private set; } = sessionId;

    public DateTimeOffset EndedAt { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>Somebody has the whole answer.</summary>
    public bool IsDelivered { get; set; }

    /// <summary>Nobody came back for it, so it was cancelled.</summary>
    public bool IsAbandoned { get; private set; }

    public Task Work { get; private set; } = Task.CompletedTask;

    public void Start() => Work = Task.Run(WorkAsync);

    public void Cancel()
    {
        try
        {
            cancel.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended in the same moment.
        }
    }

    /// <summary>The last reader gone, the task has this long to find a new one: clients come back by themselves after a cut
    /// connection.</summary>
    public IDisposable Read()
    {
        lock (gate)
        {
            readers++;
            grace?.Dispose();
            grace = null;
        }
        return new Reader(this);
    }

    public void Dispose()
    {
        grace?.Dispose();
        cancel.Dispose();
    }

    private void Leave()
    {
        lock (gate)
        {
            if (--readers == 0 && !Answer.IsEnded)
            {
                grace = time.CreateGuardedTimer(Abandon, fault => log(fault.ToString()), Grace, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Abandon()
    {
        lock (gate)
        {
            // An answer that is there waits for its reader; and the grace may end in the moment that one comes.
            if (readers > 0 || Answer.IsEnded)
            {
                return;
            }
            IsAbandoned = true;
        }
        Cancel();
    }

    private Task WorkAsync() =>
        Answer.FillAsync(
            async () =>
            {
                try
                {
                    await RunAsync();
                }
                catch (OperationCanceledException)
                {
                    Answer.Add(new(AnswerPieceKind.Content, "Cancelled before it began; nothing was changed."));
                }
                finally
                {
                    EndedAt = time.GetUtcNow();
                }
            },
            log
        );

    private async Task RunAsync()
    {
        var (since, told) = (time.GetTimestamp(), false);
        while (true)
        {
            await using var session = Open();
            SessionId = session.Id;
            // Without a reader nobody would answer questions: if showing fails, the run is cancelled.
            using var shown = CancellationTokenSource.CreateLinkedTokenSource(cancel.Token);
            var showing = ShowAsync(session, shown);
            try
            {
                await session.RunAsync(request, shown.Token);
                await showing;
                return;
            }
            catch (BusyException busy) when (busy.Kind == "workspace_busy")
            {
                if (time.GetElapsedTime(since) > MostWaiting)
                {
                    Answer.Add(
                        new(
                            AnswerPieceKind.Content,
                            "Busy, not started: another run works in this workspace. Send the task again when it is done."
                        )
                    );
                    return;
                }
            }
            finally
            {
                await showing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            if (!told)
            {
                Answer.Add(new(AnswerPieceKind.Progress, $"waiting for run {Other() ?? "of another process"}\n"));
                told = true;
            }
            await Task.Delay(LookAgain, time, cancel.Token);
        }
    }

    private Session Open()
    {
        var store = new SessionStore(home, time);
        try
        {
            if (SessionId is { } known && store.Open(known) is { } session)
            {
                return session;
            }
        }
        catch (BusyException)
        {
            // Two messages follow the same words: they part here.
        }
        return store.New(request.Settings.Workspace);
    }

    private string? Other() =>
        new RunStore(home, time)
            .List()
            .FirstOrDefault(run => run.State is RunStatus.Running && run.Workspace == request.Settings.Workspace)
            ?.RunId;

    private async Task ShowAsync(Session session, CancellationTokenSource shown)
    {
        try
        {
            await ShowAsync(session);
        }
        catch
        {
            await shown.CancelAsync();
            throw;
        }
    }

    private async Task ShowAsync(Session session)
    {
        var lines = new ProgressLines(line => Answer.Add(new(AnswerPieceKind.Progress, line)));
        PatchProposed? patch = null;
        Report? report = null;
        await foreach (var happened in session.EventsAsync(session.LastSeq, CancellationToken.None))
        {
            RunId = happened.RunId;
            if (happened.Event is PermissionAsked question)
            {
                session.Answer(question.AskId, HttpAsk.Answer(question, allow));
            }
            patch = happened.Event as PatchProposed ?? patch;
            report = (happened.Event as ReportWritten)?.Report ?? report;
            lines.Add(happened.Event);
            if (happened.Event is RunFinished end)
            {
                lines.Close();
                Answer.Add(Last(end, report, request.Settings.Level is Level.ReadOnly ? patch : null));
            }
        }
    }

    /// <summary>Without a model, or with one that the task does not fit into, nothing was done at all: that is an error to a client. All
    /// other ends are answers in words.</summary>
    private static AnswerPiece Last(RunFinished end, Report? report, PatchProposed? patch) =>
        end.Stop is StopReason.ModelUnavailable ? new(AnswerPieceKind.Error, end.Message, "model_unavailable")
        : end is { Stop: StopReason.LimitTokens, Detail: "context" } ? new(AnswerPieceKind.Error, end.Message, "context_length_exceeded")
        : report is null ? new(AnswerPieceKind.Content, end.Message)
        : new(AnswerPieceKind.Content, HttpMapping.Report(report, end, patch)) { Short = HttpMapping.Report(report, end, null) };

    private sealed class Reader(LiveRun run) : IDisposable
    {
        public void Dispose() => run.Leave();
    }
}
