using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Acp;

/// <summary>One open session: its options, its run, and the pump that carries the engine's events to the client.</summary>
internal sealed class AcpSession(AcpRpc rpc, AcpClient client, Session engine, AcpOptions options, RunSettings defaults) : IAsyncDisposable
{
    private static readonly Command[] Commands =
    [
        new("undo", "Restore the state before the last run"),
        new("votes", "Show the last votes"),
        new("test", "Run the tests again"),
    ];
    private readonly Lock gate = new();
    private AcpView view = AcpView.Empty;
    private CancellationTokenSource? cancelRun;
    private Task<PromptResult>? running;
    private Task lastChange = Task.CompletedTask;

    public string Id => engine.Id;
    public string Workspace => engine.Workspace;
    public AcpOptions Options { get; private set; } = options;

    /// <summary>Answers one prompt. The run is registered before this returns, so that a cancel right behind it is not lost.</summary>
    public Task<PromptResult> PromptAsync(PromptParams prompt, CancellationToken cancellationToken)
    {
        var request = AcpPrompt.Read(prompt, Options.Apply(defaults));
        lock (gate)
        {
            if (cancelRun is not null)
            {
                throw new AcpError(AcpError.InvalidRequest, "run_in_progress");
            }
            var cancel = cancelRun = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            return running = Task.Run(
                async () =>
                {
                    try
                    {
                        return request.Task switch
                        {
                            "/undo" => await SayAsync(await AfterwardsAsync(session => Task.FromResult(AcpCommands.Undo(session)))),
                            "/votes" => await SayAsync(AcpCommands.Votes(engine)),
                            "/test" => await SolveAsync(request with { TestsOnly = true }, cancel.Token),
                            _ => await SolveAsync(request with { ReadUnsaved = client.Buffers ? ReadUnsavedAsync : null }, cancel.Token),
                        };
                    }
                    finally
                    {
                        lock (gate)
                        {
                            cancelRun = null;
                        }
                        cancel.Dispose();
                    }
                },
                CancellationToken.None
            );
        }
    }

    public void Cancel()
    {
        lock (gate)
        {
            cancelRun?.Cancel();
        }
    }

    public async Task SetAsync(string id, string value, bool asMode)
    {
        Options = Options.With(id, value);
        if (id != "level")
        {
            return;
        }
        engine.SetLevel(Options.Level);
        await TellAsync(asMode ? new OptionsUpdate(Options.Draw()) : new ModeUpdate(Options.Modes.CurrentModeId));
    }

    /// <summary>Shows stored events again, as they were.</summary>
    /// <returns>How many, from which sequence number to which.</returns>
    public async Task<ReplayResult> ReplayAsync(Func<EventEnvelope, bool> wanted)
    {
        var shown = AcpView.Empty;
        var (from, to, count) = (0L, 0L, 0);
        foreach (var envelope in engine.Events())
        {
            (shown, var updates) = AcpMapping.Map(shown, envelope, Drawing(replay: true));
            if (!wanted(envelope))
            {
                continue;
            }
            foreach (var update in updates)
            {
                await TellAsync(update);
            }
            (from, to, count) = (count == 0 ? envelope.Seq : from, envelope.Seq, count + 1);
        }
        return new ReplayResult(from, to, count);
    }

    /// <summary>Changes the workspace between runs, one change after the other; what it did is told before the answer.</summary>
    public Task<T> AfterwardsAsync<T>(Func<Session, Task<T>> work)
    {
        lock (gate)
        {
            var next = After(lastChange);
            lastChange = next;
            return next;
        }

        async Task<T> After(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
            var seq = engine.LastSeq;
            var result = await work(engine);
            await ReplayAsync(envelope => envelope.Seq > seq);
            return result;
        }
    }

    public T Look<T>(Func<Session, T> look) => look(engine);

    /// <summary>The runs of this session, newest first.</summary>
    public IReadOnlyList<ListedRun> ListRuns() =>
        [
            .. engine
                .Events()
                .GroupBy(envelope => envelope.RunId)
                .Select(run => new ListedRun(
                    run.Key,
                    run.Select(envelope => envelope.Event).OfType<RunStarted>().FirstOrDefault()?.Task ?? "",
                    run.First().At,
                    run.LastOrDefault(envelope => envelope.Event is RunFinished)?.At,
                    run.Select(envelope => envelope.Event).OfType<RunFinished>().LastOrDefault()?.Stop,
                    run.Select(envelope => envelope.Event).OfType<VotesTallied>().LastOrDefault()?.Verdict,
                    [.. run.Select(envelope => envelope.Event).OfType<PatchProposed>().Select(patch => patch.PatchId)],
                    engine.CassetteOf(run.Key)
                ))
                .Reverse(),
        ];

    /// <summary>What the client may hear only after it knows the session.</summary>
    public async Task GreetAsync(int mcpServers)
    {
        await TellAsync(new CommandsUpdate(Commands));
        if (mcpServers > 0 && client.Notices)
        {
            await TellAsync(
                new Notice(
                    Severity.Warning,
                    $"{mcpServers} MCP servers not started",
                    "Codex Sidecar does not start MCP servers of the client yet."
                )
            );
        }
    }

    public async Task CloseAsync()
    {
        Cancel();
        if (running is { } last)
        {
            await ((Task)last).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await lastChange.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await engine.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task<PromptResult> SolveAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var after = engine.LastSeq;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var run = engine.RunAsync(request, stop.Token);
        try
        {
            // One that could not be started has no events to wait for.
            if (run.IsFaulted)
            {
                await run;
            }
            await foreach (var envelope in engine.EventsAsync(after, CancellationToken.None))
            {
                await ShowAsync(envelope, cancellationToken);
            }
            var outcome = await run;
            return new PromptResult(AcpStop.Of(outcome), Extras(outcome.RunId, outcome.Stop));
        }
        catch (BusyException busy)
        {
            throw new AcpError(AcpError.InvalidRequest, busy.Kind);
        }
        catch (UsageException usage)
        {
            return await SayAsync(usage.Message);
        }
        finally
        {
            // Whatever happened to the connection, the run is over when the prompt is.
            await stop.CancelAsync();
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ShowAsync(EventEnvelope envelope, CancellationToken cancellationToken)
    {
        (view, var updates) = AcpMapping.Map(view, envelope, Drawing(replay: false));
        foreach (var update in updates)
        {
            await TellAsync(update);
        }
        if (envelope.Event is not PermissionAsked ask)
        {
            return;
        }
        var question = new AcpQuestion(rpc, client, Id, Workspace, Options.Review == "patch");
        engine.Answer(ask.AskId, await question.AskAsync(view, envelope, text => TellAsync(Words(text)), cancellationToken));
    }

    /// <summary>A client that cannot say counts as one that has nothing unsaved.</summary>
    private async Task<IReadOnlyList<UnsavedFile>> ReadUnsavedAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var absolute = paths.Select(path => Path.Join(Workspace, path)).ToList();
        var result = await rpc.AskAsync<BuffersReadResult>(
            "_codexSidecar/buffers/read",
            new BuffersReadParams(Id, absolute),
            cancellationToken
        );
        return [.. (result?.Unsaved ?? []).Select(file => new UnsavedFile(file.Path, file.Text))];
    }

    private async Task<PromptResult> SayAsync(string text)
    {
        await TellAsync(Words(text));
        return new PromptResult("end_turn", Extras(null, null));
    }

    private PromptResultMeta? Extras(string? runId, StopReason? stop) => client.Extras ? new(new(runId, stop, engine.LastSeq)) : null;

    private AcpDrawing Drawing(bool replay) => new(client, Workspace, engine.PatchTexts, replay);

    private static AgentMessageChunk Words(string text) => new(Guid.NewGuid().ToString("n"), new TextBlock(text));

    private Task TellAsync(SessionUpdate update) => rpc.TellAsync("session/update", new UpdateParams(Id, update)).AsTask();
}
