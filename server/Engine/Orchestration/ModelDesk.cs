using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>Asks the model for the stages: what it says becomes events, what it costs is counted, the guards look on.</summary>
/// <param name="ledger">Shared by all models of the run: the limits are the run's.</param>
internal sealed class ModelDesk(ModelConnection connection, UsageLedger ledger, Guards guards, Action<RunEvent> emit)
{
    public ModelProfile Profile => connection.Profile;

    public int Estimate(string text) => connection.Estimate(text);

    /// <param name="aloud">The reply is for people too (an edit with its explanation); otherwise it is shown as a thought.</param>
    /// <returns>An empty, cut reply when a guard ended the stream.</returns>
    public async Task<ModelReply> AskAsync(ModelPrompt prompt, bool aloud, CancellationToken cancellationToken)
    {
        guards.BeforeRequest(ledger.Used);
        try
        {
            var reply = await connection.AskAsync(prompt, new Listener(emit, prompt.Purpose, ledger.NextMessage(), aloud), cancellationToken);
            emit(new UsageCounted(reply.Usage.PromptTokens + reply.Usage.OutputTokens, Profile.Window, ledger.Add(reply.Usage)));
            return reply;
        }
        catch (ModelException fault) when (fault.Fault is ModelFault.Repetition or ModelFault.TooLong)
        {
            guards.AfterStreamFault(fault.Message);
            emit(new NoticeRaised(Severity.Warning, "The model's reply was cut off", fault.Message));
            return new("", ReplyEnd.Cut, new(0, 0, 0, 0, true), 0);
        }
    }

    private sealed class Listener(Action<RunEvent> emit, string purpose, string messageId, bool aloud) : IModelListener
    {
        public void Text(string piece) => emit(aloud ? new MessageAdded(messageId, piece) : new ThoughtAdded(messageId, piece));

        public void Thought(string piece) => emit(new ThoughtAdded($"{messageId}t", piece));

        public void Progress(string phase, double? fraction, bool estimated) => emit(new ModelProgressed(purpose, phase, fraction, estimated));

        public void Notice(string title, string description) => emit(new NoticeRaised(Severity.Info, title, description));
    }
}
