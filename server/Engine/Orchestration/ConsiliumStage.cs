using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Orchestration;

/// <param name="MayCommit">False when nobody really decided (no quorum).</param>
internal sealed record Settled(RunPlan Plan, IReadOnlyList<ChecklistItem> Checklist, bool MayCommit = true);

/// <summary>The roles judge the plan; it is revised at most once; then the Director orders the work, or the run stops.</summary>
internal sealed class ConsiliumStage(RunKit kit, IReadOnlyList<PromptMessage> facts, PlanStage plans)
{
    private const int MostSearched = 4_000;

    public async Task<Settled> RunAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        var risk = RiskPoints.Of(plan.Steps, plan.Files, kit.Level, kit.TestsMayRun);
        var voters = RiskPoints.Voters(kit.Order.Consilium, risk.Points);
        if (voters.Count == 0)
        {
            return new(plan, ClosingCall.ByCode(plan.Steps, plan.Files, null, kit.TestCommandLine));
        }
        var (ballot, result) = await VoteAsync(1, plan, voters, cancellationToken);
        if (result.Tally.Verdict is Verdict.Revise or Verdict.Reject)
        {
            plan = await plans.RunAsync(Against(plan, result), cancellationToken);
            if (plan.Nothing is null)
            {
                (ballot, result) = await VoteAsync(2, plan, voters, cancellationToken);
                StopIfRejected(result);
            }
        }
        return plan.Nothing is null ? await SettleAsync(plan, ballot, result, cancellationToken) : new(plan, []);
    }

    private async Task<(Ballot Ballot, BallotResult Result)> VoteAsync(int round, RunPlan plan, IReadOnlyList<Role> voters, CancellationToken cancellationToken)
    {
        var ballot = new Ballot(round, plan.PlanId, plan.Steps, plan.Files, voters);
        var council = new Council(On(plan), new Evidence(Lines, Exists, Contains), kit.Emit, kit.Model.Profile.Model);
        var result = await council.VoteAsync(ballot, cancellationToken);
        if (result.Tally.Verdict is not (Verdict.Approve or Verdict.Abstain) && round == 1)
        {
            kit.Emit(new VotesTallied(round, result.Tally.Verdict, result.Tally.VetoedBy, result.Tally.Counts, result.Tally.Rule, []));
        }
        return (ballot, result);
    }

    private async Task<Settled> SettleAsync(RunPlan plan, Ballot ballot, BallotResult result, CancellationToken cancellationToken)
    {
        var checklist = ballot.Voters.Count < 3
            ? ClosingCall.ByCode(plan.Steps, plan.Files, result, kit.TestCommandLine)
            : await ClosingCall.ChecklistAsync(On(plan), ballot, result, kit.TestCommandLine, cancellationToken);
        kit.Emit(new VotesTallied(ballot.Round, result.Tally.Verdict, result.Tally.VetoedBy, result.Tally.Counts, result.Tally.Rule, checklist));
        if (result.Tally.Verdict is Verdict.Abstain)
        {
            kit.Emit(new NoticeRaised(Severity.Warning, "The consilium has no quorum", $"{result.Tally.Rule}. The plan goes on unjudged; nothing will be committed."));
        }
        return new(plan, checklist, MayCommit: result.Tally.Verdict is not Verdict.Abstain);
    }

    private void StopIfRejected(BallotResult result)
    {
        if (result.Tally.Verdict is Verdict.Reject)
        {
            kit.Emit(new VotesTallied(2, result.Tally.Verdict, result.Tally.VetoedBy, result.Tally.Counts, result.Tally.Rule, []));
            throw new RunStop(
                StopReason.RejectedByConsilium, result.Tally.VetoedBy is null ? null : "veto",
                $"The consilium rejected the revised plan: {result.Tally.Rule}. Say the task differently, or run it with --consilium off.");
        }
    }

    private AskTail On(RunPlan plan)
    {
        var prefix = facts.Ask(plan.Text).Understood();
        return (purpose, tail, maxTokens, cancellationToken) => kit.Model.AskAsync(new(purpose, prefix.Ask(tail), maxTokens), aloud: false, cancellationToken);
    }

    private static string Against(RunPlan plan, BallotResult result)
    {
        var objections = result.Objections.Select(one => $"- {(one.Objection.State is ObjectionState.Verified ? "verified, must be dealt with" : "advice")} ({RoleText.Name(one.Role)}): {one.Objection.Text}");
        var wishes = result.Votes.Where(vote => vote.Verdict is Verdict.Revise or Verdict.Reject && (vote.Objections ?? []).Count == 0 && vote.Decision.Length > 0)
            .Select(vote => $"- advice ({RoleText.Name(vote.Role)}): {vote.Decision}");
        return $"{plan.Text}\n\nThis plan was not approved ({result.Tally.Rule}):\n{string.Join('\n', objections.Concat(wishes))}\nMake a new plan.";
    }

    private IReadOnlyList<string>? Lines(string path) => kit.Readable(path)?.Split('\n');

    private bool Exists(string path)
    {
        try
        {
            return kit.Root.Look(WorkspacePath.Parse(path)) is not null;
        }
        catch (WorkspaceException)
        {
            return false;
        }
    }

    private bool Contains(string text, string? path, CancellationToken cancellationToken)
    {
        if (path is not null)
        {
            return kit.Readable(path)?.Contains(text, StringComparison.Ordinal) ?? false;
        }
        return kit.Root.Files(cancellationToken).Take(MostSearched)
            .Any(file => kit.Readable(file)?.Contains(text, StringComparison.Ordinal) ?? false);
    }
}
