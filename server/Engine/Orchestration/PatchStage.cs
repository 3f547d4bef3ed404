using System.Globalization;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Tools;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>The model writes edits; they are planned in memory, checked, shown to the user where asked, and written as a whole or not at all.</summary>
internal sealed class PatchStage(RunKit kit, ContextBuilder context)
{
    private readonly List<PatchFile> written = [];
    private int patches;

    /// <summary>What was written since the last fresh start, as a diff.</summary>
    public string Diff => string.Join('\n', written.Select(file => $"--- {file.Path}\n{file.Unified}"));

    public void StartAfresh() => written.Clear();

    /// <summary>One attempt: asks until the edits can be used (the guards bound it), then writes them.</summary>
    /// <param name="messages">Ends with the question; the exchange is added to what is returned.</param>
    /// <returns>The conversation so far, for a repair.</returns>
    public async Task<IReadOnlyList<PromptMessage>> RunAsync(string purpose, IReadOnlyList<PromptMessage> messages, double temperature, int attempt, CancellationToken cancellationToken)
    {
        PatchPlan? staged = null;
        var asked = purpose;
        while (true)
        {
            var reply = await kit.Model.AskAsync(new(asked, messages, context.Budget.Output, temperature), aloud: true, cancellationToken);
            messages = messages.Reply(reply.Text);
            var workspace = FileActions.Planning(kit.Root, kit.Root.Files(cancellationToken));
            staged = PatchPlanner.Plan(PatchParser.ParseReply(reply.Text, reply.End is ReplyEnd.Stop), workspace, staged, new());
            if (Problem(staged, workspace) is not { } problem)
            {
                kit.Guards.AfterGoodReply();
                await WriteAsync(staged, attempt, cancellationToken);
                return messages;
            }
            messages = messages.Ask(problem);
            asked = $"{purpose}:again";
        }
    }

    /// <summary>What the model must be told before the edits can be used; null when they can.</summary>
    private string? Problem(PatchPlan staged, PatchBase workspace)
    {
        if (staged.Refusals.Count > 0)
        {
            kit.Tools.AuditRefused(staged.Refusals);
            kit.Emit(new PatchFailed(NextId(), [.. staged.Refusals.Select(refusal => new RefusedFile(refusal.Path, refusal.Code, refusal.Message))]));
            kit.Guards.AfterMalformed(staged.Refusals[0].Message);
            return PatchFeedback.Write(staged, workspace, ContextBudget.Chars(context.Budget.Failure));
        }
        if (staged.IsEmpty)
        {
            kit.Guards.AfterMalformed("there was no edit in it, or one that changes nothing.");
            return "There was no edit in your answer, or it changes nothing. Send the edits in exactly the form asked for.";
        }
        if (PatchGate.Hidden(staged) is { } hidden)
        {
            kit.Guards.AfterMalformed(hidden);
            return hidden;
        }
        return kit.Guards.IsNewPatch(staged.Fingerprint) ? null : "This change was proposed before and did not help. Try something else.";
    }

    private async Task WriteAsync(PatchPlan plan, int attempt, CancellationToken cancellationToken)
    {
        var patch = plan.ToPatch(NextId());
        kit.KeepTexts(patch.PatchId, plan.Texts());
        kit.Emit(new PatchProposed(patch.PatchId, attempt, patch.Files));
        await PatchGate.CheckAsync(kit, patch, cancellationToken);
        if (kit.Order.Review is ReviewMode.Ask)
        {
            plan = await ReviewAsync(plan, patch, cancellationToken);
            await PatchGate.CheckSavedAsync(kit, plan.ToPatch(patch.PatchId), cancellationToken);
        }
        await kit.Changes.BeforeWriteAsync([], cancellationToken);
        kit.Changes.WillWrite(plan);
        var outcome = await kit.Tools.RunAsync(RunActions.Apply(kit.Context, plan), cancellationToken);
        if (outcome.Value is not { } applied)
        {
            throw new RunStop(outcome.Decision.Permission is Policy.Permission.Ask ? StopReason.UserRejected : StopReason.Forbidden, $"The patch was not written. {outcome.Decision.Reason}");
        }
        kit.Changes.Wrote();
        written.AddRange(plan.ToPatch(patch.PatchId).Files);
        kit.Emit(new PatchApplied(patch.PatchId, applied.Files));
    }

    private async Task<PatchPlan> ReviewAsync(PatchPlan plan, Patch patch, CancellationToken cancellationToken)
    {
        var files = string.Join(", ", patch.Files.Select(file => file.Path));
        var question = new PermissionAsked("patch", null, AskSubject.Patch, Risk.Low, $"Apply the patch to {files}?", "Review mode: every hunk is yours to decide.");
        var answer = await kit.Guards.WaitForUserAsync(() => kit.Context.Ask(question, cancellationToken));
        IReadOnlyList<HunkDecision> decisions = answer.Hunks ?? [.. patch.Files.SelectMany(file => file.Hunks).Select(hunk => new HunkDecision(hunk.HunkId, answer.Allowed))];
        var known = patch.Files.SelectMany(file => file.Hunks).Select(hunk => hunk.HunkId).ToHashSet(StringComparer.Ordinal);
        if (decisions.Any(decision => !known.Contains(decision.HunkId)) || decisions.DistinctBy(decision => decision.HunkId).Count() != decisions.Count)
        {
            kit.Emit(new NoticeRaised(Severity.Error, "The answer names unknown or doubled hunks", "Nothing of the patch is applied."));
            decisions = [];
        }
        kit.Emit(new HunksDecided(patch.PatchId, decisions, answer.By));
        var accepted = decisions.Where(decision => decision.Accept).Select(decision => decision.HunkId).ToHashSet(StringComparer.Ordinal);
        var selected = answer.Allowed ? plan.Select(accepted) : PatchPlan.Empty;
        return selected.IsEmpty ? throw new RunStop(StopReason.UserRejected, "The patch was rejected; nothing of it was written.") : selected;
    }

    private string NextId() => string.Create(CultureInfo.InvariantCulture, $"p{++patches}");
}
