using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;

namespace CodexSidecar.Faces.Cli;

/// <summary>Shows a run's events as they come, either drawn or as JSON lines.</summary>
internal sealed class RunShow(Terminal terminal, bool json)
{
    private readonly Screen? screen = json ? null : terminal.OutScreen;

    public CliState State { get; private set; } = CliState.Start;

    public void Show(EventEnvelope envelope)
    {
        var (next, drawings) = CliMapping.Map(State, envelope.Event);
        State = next;
        if (screen is null)
        {
            terminal.Out.Write(JsonSerializer.Serialize(envelope, ContractJson.Wire.EventEnvelope) + "\n");
        }
        else
        {
            screen.Draw(drawings);
        }
    }

    /// <summary>Runs one task, shows it, puts its questions to the user.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(Session session, RunRequest request, CancellationToken cancellationToken)
    {
        // Without a reader nobody would answer questions: if showing fails (a full disk behind stdout), the run is cancelled.
        using var showing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var shown = ShowAllAsync(session, showing);
        RunOutcome outcome;
        try
        {
            outcome = await session.RunAsync(request, showing.Token);
        }
        catch
        {
            await shown.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        await shown;
        var code = ExitCodes.Of(outcome.Stop);
        // On a terminal the last line on the screen says it already.
        if (code != ExitCodes.Solved && (json || !terminal.OutIsTerminal))
        {
            foreach (var line in outcome.Message.Split('\n'))
            {
                terminal.Tell(line);
            }
        }
        return code;
    }

    private async Task ShowAllAsync(Session session, CancellationTokenSource showing)
    {
        var asking = new Asking(terminal);
        try
        {
            // Not cancelled with the run: its last event is still to come.
            await foreach (var envelope in session.EventsAsync(CancellationToken.None))
            {
                Show(envelope);
                if (envelope.Event is PermissionAsked question)
                {
                    await AnswerAsync(session, asking, question, showing.Token);
                }
            }
        }
        catch
        {
            await showing.CancelAsync();
            throw;
        }
    }

    private async Task AnswerAsync(Session session, Asking asking, PermissionAsked question, CancellationToken cancellationToken)
    {
        try
        {
            session.Answer(question.AskId, await asking.AskAsync(question, State.Proposed, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // The run ends itself as cancelled; its question needs no answer any more.
        }
    }
}
