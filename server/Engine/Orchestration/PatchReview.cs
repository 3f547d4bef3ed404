using System.Globalization;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Tools;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>A patch that may be written: as the user chose it, on the files as they are now.</summary>
/// <param name="Problem">Instead: what the model must be told.</param>
internal sealed record ReviewedPatch(PatchPlan Plan, Patch Patch, string? Problem = null);

/// <summary>
/// Proposes a patch, has its hunks decided where the run's review asks for it, and brings it onto files that were changed meanwhile. What
/// is then another hunk than the one
/// that was accepted is asked about again.
/// </summary>
/// <param name="mostChars">Of the fresh text in a question to the model.</param>
internal sealed class PatchReview(RunServices services, int mostChars)
{
    private IReadOnlySet<string> accepted = new HashSet<string>();
    private int patches;

    public string NextId() => string.Create(CultureInfo.InvariantCulture, $"p{++patches}");

    /// <exception cref="RunStop">forbidden, limit_changes, user_rejected</exception>
    public async Task<ReviewedPatch> RunAsync(PatchPlan plan, int attempt, CancellationToken cancellationToken)
    {
        accepted = new HashSet<string>();
        for (var first = true; ; first = false)
        {
            var patch = Propose(plan, attempt);
            if (first)
            {
                await PatchGate.CheckAsync(services, patch, cancellationToken);
            }
            if (services.Settings.Review is ReviewMode.Ask)
            {
                plan = await DecideAsync(plan, patch, cancellationToken);
                await PatchGate.CheckSavedAsync(services, plan.ToPatch(patch.PatchId), cancellationToken);
            }
            var rebased = Rebase.Onto(plan, FileActions.Planning(services.Root, []));
            if (rebased.Conflicts.Count > 0)
            {
                return new(plan, patch, Conflict(rebased.Conflicts));
            }
            if (rebased.Merged.Count == 0)
            {
                return new(plan, plan.ToPatch(patch.PatchId));
            }
            plan = rebased.Plan;
            services.Emit(
                new NoticeRaised(
                    Severity.Info,
                    "Changed meanwhile",
                    $"Somebody else changed {string.Join(", ", rebased.Merged)} after the patch was made. Both changes are kept."
                )
            );
        }
    }

    public Patch Propose(PatchPlan plan, int attempt)
    {
        var patch = plan.ToPatch(NextId());
        services.KeepTexts(patch.PatchId, plan.Texts());
        services.Emit(new PatchProposed(patch.PatchId, attempt, patch.Files));
        return patch;
    }

    private async Task<PatchPlan> DecideAsync(PatchPlan plan, Patch patch, CancellationToken cancellationToken)
    {
        var known = Ids(patch);
        var answer = accepted.IsSupersetOf(known) ? new Answer(true, AnsweredBy.User) : await AskAsync(patch, cancellationToken);
        IReadOnlyList<HunkDecision> decisions = answer.Hunks ?? [.. known.Select(id => new HunkDecision(id, answer.Allowed))];
        if (
            decisions.Any(decision => !known.Contains(decision.HunkId))
            || decisions.DistinctBy(decision => decision.HunkId).Count() != decisions.Count
        )
        {
            services.Emit(
                new NoticeRaised(Severity.Error, "The answer names unknown or doubled hunks", "Nothing of the patch is applied.")
            );
            decisions = [];
        }
        services.Emit(new HunksDecided(patch.PatchId, decisions, answer.By));
        accepted = decisions.Where(decision => decision.Accept).Select(decision => decision.HunkId).ToHashSet(StringComparer.Ordinal);
        var selected = answer.Allowed ? plan.Select(accepted) : PatchPlan.Empty;
        return selected.IsEmpty
            ? throw new RunStop(StopReason.UserRejected, "The patch was rejected; nothing of it was written.")
            : selected;
    }

    private Task<Answer> AskAsync(Patch patch, CancellationToken cancellationToken)
    {
        var files = string.Join(", ", patch.Files.Select(file => file.Path));
        var question = new PermissionAsked(
            "patch",
            null,
            AskSubject.Patch,
            Risk.Low,
            $"Apply the patch to {files}?",
            "Review mode: every hunk is yours to decide."
        );
        return services.Guards.WaitForUserAsync(() => services.Context.Ask(question, cancellationToken));
    }

    /// <summary>The fresh text, so that the model can make its edits anew; counts as a reply that could not be used.</summary>
    public string Conflict(IReadOnlyList<string> paths)
    {
        var names = string.Join(", ", paths);
        services.Guards.AfterMalformed($"somebody else changed {names} meanwhile.", null);
        services.Emit(
            new NoticeRaised(
                Severity.Warning,
                "Changed meanwhile",
                $"Somebody else changed the same lines of {names}. Nothing was written; the model is asked again."
            )
        );
        var fresh = string.Join(
            '\n',
            paths.Select(path => services.Readable(path) is { } text ? $"{path}\n````\n{text}````" : $"{path} cannot be read any more.")
        );
        return $"Nothing was written: {names} changed on disk after you read it. Make your edits for the text as it is "
            + $"now:\n\n{(fresh.Length <= mostChars ? fresh : $"{fresh[..mostChars]}\n[cut]")}";
    }

    private static HashSet<string> Ids(Patch patch) =>
        patch.Files.SelectMany(file => file.Hunks).Select(hunk => hunk.HunkId).ToHashSet(StringComparer.Ordinal);
}
