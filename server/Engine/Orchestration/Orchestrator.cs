using System.Globalization;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Prompts;
using CodexSidecar.Engine.Testing;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>The loop: look, plan, vote, patch, test, repair. Ends with a <see cref="RunEnd"/>, or with a <see cref="RunStop"/> from
/// wherever it was stopped.</summary>
internal sealed class Orchestrator(RunServices services)
{
    private const int MostObjected = 2;
    private const double Usual = 0.2,
        Fresh = 0.7;

    private readonly TestStage tests = new(services);
    private TestRun? baseline;
    private int attempts;

    public async Task<RunEnd> RunAsync(CancellationToken cancellationToken)
    {
        services.Changes.Begin(cancellationToken);
        // Facts that do not fit are put together anew from less; nothing was written yet.
        foreach (var share in (double[])[1, 0.7])
        {
            try
            {
                return await RunAsync(share, cancellationToken);
            }
            catch (ModelException fault) when (fault.Fault is ModelFault.Context && share == 1 && attempts == 0)
            {
                services.Emit(
                    new NoticeRaised(Severity.Warning, "The prompt did not fit", $"{fault.Message} The run begins again with less text.")
                );
            }
        }
        throw new System.Diagnostics.UnreachableException();
    }

    private async Task<RunEnd> RunAsync(double share, CancellationToken cancellationToken)
    {
        var (context, findings) = await services.InStageAsync(Stage.Analysis, share == 1 ? 1 : 2, () =>
            LookAsync(share, cancellationToken)
        );
        var facts = PromptTexts.Begin(context.Facts(findings.Files)).Understood();
        var plans = new PlanStage(services, facts);
        var plan = await services.InStageAsync(Stage.Plan, 1, () => plans.RunAsync(null, cancellationToken));
        if (plan.Nothing is { } already)
        {
            return Nothing(already, baseline);
        }
        var agreed = await VoteAsync(new ConsiliumStage(services, facts, plans, () => baseline), plan, cancellationToken);
        if (agreed.Plan.Nothing is { } after)
        {
            return Nothing(after, baseline);
        }
        var question = facts.Ask(agreed.Plan.Text).Understood();
        if (services.Level is Level.ReadOnly)
        {
            throw await ReadOnlyAsync(context, question, agreed, cancellationToken);
        }
        var green = await SolveAsync(context, question, agreed, cancellationToken);
        while (!await services.Changes.TakeOverAsync(services, cancellationToken))
        {
            green = await TestAsync(++attempts, cancellationToken);
            if (green is not null && !IsProved(green))
            {
                throw new RunStop(StopReason.TestsFailed, "The tests fail with what somebody else changed meanwhile; nothing was written.");
            }
        }
        return await new CommitStage(services).RunAsync(green, agreed.MayCommit, cancellationToken);
    }

    /// <summary>Nothing may be written; where it is wanted, the patch is made all the same, to be looked at.</summary>
    private async Task<RunStop> ReadOnlyAsync(
        ContextBuilder context,
        IReadOnlyList<PromptMessage> shared,
        AgreedPlan agreed,
        CancellationToken cancellationToken
    )
    {
        if (!services.Settings.ShowPatch)
        {
            return new(
                StopReason.Forbidden,
                "Level 0 (read_only) may not write. The plan is in the report; run the task again with --level 1 or higher."
            );
        }
        var patch = new PatchStage(services, context, onlyShown: true);
        await services.InStageAsync(Stage.Patch, 1, () =>
            patch.RunAsync("patch", shared.Ask(PatchQuestion.First(services, context, agreed)), Usual, 1, cancellationToken)
        );
        return new(
            StopReason.Forbidden,
            "Level 0 (read_only) may not write: the patch is only shown, and it is not tested. At level 1 or higher it is written."
        );
    }

    private async Task<(ContextBuilder Context, FilesThatMatter Findings)> LookAsync(double share, CancellationToken cancellationToken)
    {
        if (share == 1)
        {
            baseline = await tests.RunAsync(0, cancellationToken);
            if (services.Context.Extra.AreConfigured)
            {
                await services.Changes.WatchOthersAsync(
                    () => services.Context.Extra.StartAsync(services.Context, cancellationToken),
                    cancellationToken
                );
            }
        }
        var context = new ContextBuilder(services, baseline, share, cancellationToken);
        return (context, await new AnalysisStage(services, context).RunAsync(cancellationToken));
    }

    private Task<AgreedPlan> VoteAsync(ConsiliumStage stage, RunPlan plan, CancellationToken cancellationToken) =>
        services.Settings.Consilium is ConsiliumSize.Off
            ? stage.RunAsync(plan, cancellationToken)
            : services.InStageAsync(Stage.Consilium, 1, () => stage.RunAsync(plan, cancellationToken));

    /// <summary>Patch, test, repairs while they get anywhere; then everything is put back and one fresh attempt is made.</summary>
    /// <returns>The tests that proved it; null when there are none.</returns>
    private async Task<TestRun?> SolveAsync(
        ContextBuilder context,
        IReadOnlyList<PromptMessage> shared,
        AgreedPlan agreed,
        CancellationToken cancellationToken
    )
    {
        var patch = new PatchStage(services, context);
        var question = PatchQuestion.First(services, context, agreed);
        TestRun? run = null;
        var ballot = new DiffBallotStage(services, shared, agreed, () => run);
        foreach (var (temperature, purpose) in new[] { (Usual, "patch"), (Fresh, "patch:fresh") })
        {
            if (run is not null)
            {
                await services.Changes.RollBackAsync("the repairs did not help; one fresh attempt follows");
                patch.StartAfresh();
                services.Guards.StartAfresh();
                question = $"{question}\n\nAn earlier attempt failed, so do it differently. It failed with:\n{context.Failure(run)}";
            }
            var messages = shared.Ask(question);
            for (var repair = 0; ; repair++)
            {
                var attempt = ++attempts;
                var name = repair == 0 ? purpose : string.Create(CultureInfo.InvariantCulture, $"repair:{repair}");
                messages = await services.InStageAsync(Stage.Patch, attempt, () =>
                    patch.RunAsync(name, messages, temperature, attempt, cancellationToken)
                );
                run = await TestAsync(attempt, cancellationToken);
                if (run is null || IsProved(run))
                {
                    if (await ballot.RunAsync(patch.Diff, cancellationToken) is not { } objected)
                    {
                        return run;
                    }
                    if (repair >= MostObjected || temperature == Fresh)
                    {
                        ballot.GiveUp(objected);
                        return run;
                    }
                    messages = messages.Ask(PatchQuestion.Objected(services, context, objected));
                    continue;
                }
                var isWorse = baseline is not null && run.HasNumbers && run.Failures > baseline.Failures;
                if (!services.Guards.MayRepair(FailureSignature.Of(run.Output), isWorse) || temperature == Fresh)
                {
                    break;
                }
                messages = messages.Ask(PatchQuestion.Repair(services, context, run));
            }
        }
        throw new RunStop(
            StopReason.TestsFailed,
            $"The tests still fail after {attempts} "
                + $"attempts: {string.Join(", ", run!.Result.Failures.Take(3).DefaultIfEmpty("see the output of the tests"))}."
        );
    }

    private bool IsProved(TestRun run) => run.IsGreen || (baseline is not null && run.OnlyFailsWhat(baseline));

    private Task<TestRun?> TestAsync(int attempt, CancellationToken cancellationToken) =>
        services.TestsMayRun
            ? services.InStageAsync(Stage.Tests, attempt, () => tests.RunAsync(attempt, cancellationToken))
            : tests.RunAsync(attempt, cancellationToken);

    private static RunEnd Nothing(string why, TestRun? baseline) =>
        baseline is { IsGreen: false }
            ? throw new RunStop(StopReason.NoProgress, $"The tests fail, but the model sees nothing to change: {why}")
            : new(StopReason.NothingToDo, null, $"Nothing had to change: {why}");
}
