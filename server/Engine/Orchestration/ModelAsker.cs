using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Prompts;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>Asks the model for the stages: what it says becomes events, what it costs is counted, the guards look on.</summary>
/// <param name="ledger">Shared by all models of the run: the limits are the run's.</param>
internal sealed class ModelAsker(ModelConnection connection, UsageLedger ledger, Guards guards, Action<RunEvent> emit)
{
    /// <summary>An estimate may be off by this much; reported tokens below this share of the estimate are suspicious; an overflow that
    /// names no window leaves this share of the prompt.</summary>
    private const double Safety = 1.05,
        Suspicious = 0.6,
        Smaller = 0.7;

    private bool believesCount = true;

    public ModelProfile Profile => connection.Profile;

    public int Estimate(string text) => connection.Estimate(text);

    /// <summary>Within the model's window: earlier exchanges of the stage are left out when there is no room, and a prompt the server did
    /// not take or cut is sent again shorter.</summary>
    /// <param name="aloud">The reply is for people too (an edit with its explanation); otherwise it is shown as a thought.</param>
    /// <returns>An empty, cut reply when a guard ended the stream.</returns>
    /// <exception cref="ModelException">Context: the shortest form is too long.</exception>
    public async Task<ModelReply> AskAsync(ModelPrompt prompt, bool aloud, CancellationToken cancellationToken)
    {
        while (true)
        {
            var fitted = Fit(prompt)
                ?? throw new ModelException(
                    ModelFault.Context,
                    $"The prompt takes {connection.Estimate(prompt.Messages):N0} tokens, and {Profile.Display} has room "
                        + $"for {Room(prompt):N0}. Start the server with a larger context."
                );
            var window = Profile.Window;
            try
            {
                var reply = await AskOnceAsync(fitted, aloud, cancellationToken);
                await CheckReadAsync(fitted, reply, cancellationToken);
                return reply;
            }
            catch (ModelException fault) when (fault.Fault is ModelFault.Context)
            {
                guards.AfterOverflow(fault.Message);
                if (Profile.Window == window)
                {
                    connection.Shrink(LessThan(fitted));
                }
                if (Fit(prompt) is not { } shorter || shorter.Messages.SequenceEqual(fitted.Messages))
                {
                    throw; // the facts themselves are too long
                }
            }
        }
    }

    /// <returns>Null: the shortest form is too long.</returns>
    private ModelPrompt? Fit(ModelPrompt prompt)
    {
        var fitted = PromptFit.Fit(prompt.Messages, Room(prompt), connection.Estimate);
        if (fitted?.Count < prompt.Messages.Count)
        {
            emit(
                new NoticeRaised(
                    Severity.Info,
                    "Earlier exchanges are left out",
                    $"The conversation of this stage does not fit into the {Profile.Window:N0} tokens of the model any more."
                )
            );
        }
        return fitted is null ? null : prompt with { Messages = fitted };
    }

    /// <summary>The window in which there is room for a smaller share of this prompt: the window itself may be far from what the server has
    /// room for.</summary>
    private int LessThan(ModelPrompt prompt) => (int)((connection.Estimate(prompt.Messages) * Smaller * Safety) + prompt.MaxOutputTokens);

    private int Room(ModelPrompt prompt) => (int)((Profile.Window - prompt.MaxOutputTokens) / Safety);

    /// <summary>Some servers drop the beginning of a long prompt and say nothing. When they count far fewer tokens than were sent, the
    /// model has to repeat a word of the beginning.</summary>
    /// <exception cref="ModelException">Context: it could not.</exception>
    private async Task CheckReadAsync(ModelPrompt prompt, ModelReply reply, CancellationToken cancellationToken)
    {
        if (
            !believesCount
            || reply.Usage.Estimated
            || CheckWord.Of(prompt.Messages) is not { } word
            || reply.Usage.PromptTokens >= connection.Estimate(prompt.Messages) * Suspicious
        )
        {
            return;
        }
        var answer = await AskOnceAsync(
            new("check", prompt.Messages.Reply(reply.Text).Ask(CheckWord.Question), CheckWord.Tokens),
            aloud: false,
            cancellationToken
        );
        // The word: this server counts only what it did not know yet. Nothing: a model that thinks first ran out of room, which proves
        // nothing.
        if (answer.Text.Trim().Length == 0 || answer.Text.Contains(word, StringComparison.OrdinalIgnoreCase))
        {
            believesCount = false;
            return;
        }
        connection.Shrink((int)reply.Usage.PromptTokens);
        throw new ModelException(
            ModelFault.Context,
            $"{Profile.Display} read only {reply.Usage.PromptTokens:N0} tokens of the prompt and dropped the rest without a word. "
                + $"Start the server with a larger context (Ollama: OLLAMA_CONTEXT_LENGTH=16384)."
        );
    }

    private async Task<ModelReply> AskOnceAsync(ModelPrompt prompt, bool aloud, CancellationToken cancellationToken)
    {
        guards.BeforeRequest(ledger.Used, ledger.Thought);
        try
        {
            var reply = await connection.AskAsync(
                prompt,
                new Listener(emit, prompt.Purpose, ledger.NextMessage(), aloud),
                cancellationToken
            );
            emit(new UsageCounted(reply.Usage.PromptTokens + reply.Usage.OutputTokens, Profile.Window, ledger.Add(reply.Usage)));
            return reply;
        }
        catch (ModelException fault) when (fault.Fault is ModelFault.Repetition or ModelFault.TooLong)
        {
            guards.AfterStreamFault(fault.Message);
            emit(new NoticeRaised(Severity.Warning, "The model's reply was cut off", fault.Message));
            return new("", ReplyEnd.Cut, new(0, 0, 0, 0, true), 0);
        }
        finally
        {
            guards.AfterRequest();
        }
    }

    private sealed class Listener(Action<RunEvent> emit, string purpose, string messageId, bool aloud) : IModelListener
    {
        public void Text(string piece) => emit(aloud ? new MessageAdded(messageId, piece) : new ThoughtAdded(messageId, piece));

        public void Thought(string piece) => emit(new ThoughtAdded($"{messageId}t", piece));

        public void Progress(string phase, double? fraction, bool estimated) =>
            emit(new ModelProgressed(purpose, phase, fraction, estimated));

        public void Notice(string title, string description) => emit(new NoticeRaised(Severity.Info, title, description));
    }
}
