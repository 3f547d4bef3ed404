using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Prompts;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>The model writes edits; they are planned in memory, checked, shown to the user where asked, and written as a whole or not at
/// all.</summary>
/// <param name="onlyShown">Nothing is written: the patch is proposed and that is all.</param>
internal sealed class PatchStage(RunServices services, ContextBuilder context, bool onlyShown = false)
{
    private const int MostRefusedWrites = 2;
    private readonly List<PatchFile> written = [];
    private readonly PatchReview review = new(services, ContextBudget.Chars(context.Budget.Files));
    private int refusedWrites;

    /// <summary>What was written since the last fresh start, as a diff.</summary>
    public string Diff => string.Join('\n', written.Select(file => $"--- {file.Path}\n{file.Unified}"));

    public void StartAfresh() => written.Clear();

    /// <summary>One attempt: asks until the edits can be used (the guards bound it), then writes them.</summary>
    /// <param name="messages">Ends with the question; the exchange is added to what is returned.</param>
    /// <returns>The conversation so far, for a repair.</returns>
    public async Task<IReadOnlyList<PromptMessage>> RunAsync(
        string purpose,
        IReadOnlyList<PromptMessage> messages,
        double temperature,
        int attempt,
        CancellationToken cancellationToken
    )
    {
        PatchPlan? staged = null;
        var asked = purpose;
        while (true)
        {
            var reply = await services.Model.AskAsync(
                new(asked, messages, context.Budget.Output, temperature),
                aloud: true,
                cancellationToken
            );
            messages = messages.Reply(reply.Text);
            var workspace = FileActions.Planning(services.Root, services.Root.Files(cancellationToken));
            staged = PatchPlanner.Plan(PatchParser.ParseReply(reply.Text, reply.End is ReplyEnd.Stop), workspace, staged, new());
            var problem = Problem(reply, staged, workspace);
            if (problem is null)
            {
                problem = await WriteAsync(staged, attempt, cancellationToken);
                if (problem is null)
                {
                    services.Guards.AfterGoodReply();
                    return messages;
                }
                services.Guards.Forget(staged.Fingerprint);
                staged = null;
            }
            messages = messages.Ask(problem);
            asked = $"{purpose}:again";
        }
    }

    /// <summary>What the model must be told before the edits can be used; null when they can.</summary>
    private string? Problem(ModelReply reply, PatchPlan staged, PatchBase workspace)
    {
        if (staged.Refusals.Count > 0)
        {
            services.Tools.AuditRefused(staged.Refusals);
            services.Emit(
                new PatchFailed(
                    review.NextId(),
                    [.. staged.Refusals.Select(refusal => new RefusedFile(refusal.Path, refusal.Code, refusal.Message))]
                )
            );
            services.Guards.AfterMalformed(reply.Because(staged.Refusals[0].Message), reply);
            return PatchFeedback.Write(staged, workspace, ContextBudget.Chars(context.Budget.Failure));
        }
        if (staged.IsEmpty)
        {
            services.Guards.AfterMalformed(reply.Because("there was no edit in it, or one that changes nothing."), reply);
            return reply.Because("There was no edit in your answer, or it changes nothing.")
                + " Send the edits in exactly the form asked for.";
        }
        if (PatchGate.Hidden(staged) is { } hidden)
        {
            services.Guards.AfterMalformed(hidden, reply);
            return hidden;
        }
        return services.Guards.IsNewPatch(staged.Fingerprint)
            ? null
            : "This change was proposed before and did not help. Try something else.";
    }

    /// <returns>What the model must be told instead: the files changed under it, nothing was written.</returns>
    private async Task<string?> WriteAsync(PatchPlan planned, int attempt, CancellationToken cancellationToken)
    {
        if (onlyShown)
        {
            review.Propose(planned, attempt);
            return null;
        }
        var (plan, patch, problem) = await review.RunAsync(planned, attempt, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }
        await services.Changes.BeforeWriteAsync([], cancellationToken);
        ToolOutcome<AppliedPatch> outcome;
        try
        {
            services.Changes.WillWrite(plan);
            outcome = await services.Tools.RunAsync(RunActions.Apply(services.Context, plan), cancellationToken);
        }
        // A full disk is nothing the model could do anything about, and what is half written must be put back.
        catch (WorkspaceException refused) when (!refused.LeftSomething && DiskFault.Find(refused) is null)
        {
            services.Changes.DidNotWrite();
            return refused.Code == "conflict" ? review.Conflict([.. plan.Files.Select(file => file.Path)]) : Refused(refused);
        }
        if (outcome.Value is not { } applied)
        {
            throw new RunStop(
                outcome.Decision.Permission is Permission.Ask ? StopReason.UserRejected : StopReason.Forbidden,
                $"The patch was not written. {outcome.Decision.Reason}"
            );
        }
        services.Changes.Wrote(new(patch.PatchId, applied.Files));
        written.AddRange(patch.Files);
        return null;
    }

    /// <summary>A file that the user may not write, or has closed to writing, is no fault of ours. The model may know another way,
    /// once.</summary>
    private string Refused(WorkspaceException refused)
    {
        if (++refusedWrites >= MostRefusedWrites)
        {
            throw new RunStop(
                StopReason.Forbidden,
                "not_writable",
                $"The patch was not written. {refused.Message} The model knows no other way: let the file be written, or say in the task "
                    + "where the change belongs."
            );
        }
        services.Emit(new NoticeRaised(Severity.Warning, "Nothing was written", $"{refused.Message} The model is asked for another way."));
        return $"Nothing was written: {refused.Message} It is not yours to change that. Make the change in other files, or send the same "
            + "edits again if there is no other way.";
    }
}
