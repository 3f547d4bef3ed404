using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Prompts;

namespace CodexSidecar.Engine.Orchestration;

/// <param name="IsRisky">The change itself is voted on too, when the setting says so.</param>
/// <param name="MayCommit">False when nobody really decided (no quorum).</param>
internal sealed record AgreedPlan(RunPlan Plan, IReadOnlyList<ChecklistItem> Checklist, bool IsRisky = false, bool MayCommit = true);

/// <summary>The roles judge the plan; it is revised at most once; the user may overrule them; then the Director orders the work, or the run
/// stops.</summary>
internal sealed class ConsiliumStage(RunServices services, IReadOnlyList<PromptMessage> facts, PlanStage plans, Func<TestRun?> lastTests)
{
    private const int Risky = 4;

    public async Task<AgreedPlan> RunAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        var risk = RiskPoints.Of(plan.Steps, plan.Files, services.Request.Task, services.Level, services.TestsMayRun);
        var voters = RiskPoints.Voters(services.Settings.Consilium, risk.Points);
        if (voters.Count == 0)
        {
            return new(plan, ClosingCall.ByCode(plan.Steps, plan.Files, null, services.TestCommandLine));
        }
        var (ballot, result) = await VoteAsync(1, plan, voters, risk.Reasons, cancellationToken);
        if (result.Tally.Verdict is Verdict.Revise or Verdict.Reject)
        {
            services.Emit(Tallied(ballot, result, []));
            plan = await plans.RunAsync(Against(plan, result), cancellationToken);
            if (plan.Nothing is not null)
            {
                return new(plan, []);
            }
            (ballot, result) = await VoteAsync(2, plan, voters, risk.Reasons, cancellationToken);
        }
        var mayCommit = await new PlanQuestion(services).AskAsync(
            ballot,
            result,
            () => services.Emit(Tallied(ballot, result, [])),
            cancellationToken
        );
        return new(plan, await ChecklistAsync(plan, ballot, result, cancellationToken), risk.Points >= Risky, mayCommit);
    }

    private async Task<(Ballot Ballot, BallotResult Result)> VoteAsync(
        int round,
        RunPlan plan,
        IReadOnlyList<Role> voters,
        IReadOnlyList<string> reasons,
        CancellationToken cancellationToken
    )
    {
        var ballot = new Ballot(round, plan.PlanId, plan.Steps, plan.Files, voters, reasons);
        var council = new Council(role => services.Roles.Of(role, Prefix(plan)), WorkspaceEvidence.Of(services, lastTests), services.Emit);
        return (ballot, await council.VoteAsync(ballot, cancellationToken));
    }

    private async Task<IReadOnlyList<ChecklistItem>> ChecklistAsync(
        RunPlan plan,
        Ballot ballot,
        BallotResult result,
        CancellationToken cancellationToken
    )
    {
        var checklist =
            ballot.Voters.Count < 3
                ? ClosingCall.ByCode(plan.Steps, plan.Files, result, services.TestCommandLine)
                : await ClosingCall.ChecklistAsync(
                    services.Roles.Director(Prefix(plan)),
                    ballot,
                    result,
                    services.TestCommandLine,
                    cancellationToken
                );
        services.Emit(Tallied(ballot, result, checklist));
        return checklist;
    }

    private static VotesTallied Tallied(Ballot ballot, BallotResult result, IReadOnlyList<ChecklistItem> checklist) =>
        new(ballot.Round, result.Tally.Verdict, result.Tally.VetoedBy, result.Tally.Counts, result.Tally.Rule, checklist);

    private IReadOnlyList<PromptMessage> Prefix(RunPlan plan) => facts.Ask(plan.Text).Understood();

    private static string Against(RunPlan plan, BallotResult result)
    {
        var objections = result.Objections.Select(one =>
            $"- {(one.Objection.State is ObjectionState.Verified ? "verified, must be dealt with" : "advice")} "
            + $"({RoleText.Name(one.Role)}): {one.Objection.Text}"
        );
        var wishes = result
            .Votes.Where(vote =>
                vote.Verdict is Verdict.Revise or Verdict.Reject && (vote.Objections ?? []).Count == 0 && vote.Decision.Length > 0
            )
            .Select(vote => $"- advice ({RoleText.Name(vote.Role)}): {vote.Decision}");
        return $"{plan.Text}\n\nThis plan was not approved "
            + $"({result.Tally.Rule}):\n{string.Join('\n', objections.Concat(wishes))}\nMake a new plan.";
    }
}
