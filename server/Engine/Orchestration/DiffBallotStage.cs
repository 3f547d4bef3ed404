using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Prompts;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>After the gates are green Security, QA and Reviewer look at the change itself. Only what is proven is repaired; the rest is
/// shown.</summary>
internal sealed class DiffBallotStage(
    RunServices services,
    IReadOnlyList<PromptMessage> shared,
    AgreedPlan agreed,
    Func<TestRun?> lastTests
)
{
    private const int MostDiff = 24_000;
    private static readonly Role[] Voters = [Role.Security, Role.Qa, Role.Reviewer];

    private int round = 2;

    private bool IsWanted =>
        (services.Settings.Consilium, services.Settings.DiffBallot) switch
        {
            (ConsiliumSize.Off, _) or (_, DiffBallot.Off) => false,
            (_, DiffBallot.On) => true,
            _ => agreed.IsRisky,
        };

    /// <returns>Null: nothing is proven against the change.</returns>
    public async Task<BallotResult?> RunAsync(string diff, CancellationToken cancellationToken)
    {
        if (!IsWanted || diff.Length == 0)
        {
            return null;
        }
        var ballot = new Ballot(++round, agreed.Plan.PlanId, agreed.Plan.Steps, agreed.Plan.Files, Voters, []);
        var prefix = shared.Ask($"## The change as it is written; the tests passed\n{PromptTexts.Cut(diff, MostDiff)}").Understood();
        var result = await new Council(
            role => services.Roles.Of(role, prefix),
            WorkspaceEvidence.Of(services, lastTests),
            services.Emit
        ).VoteAsync(ballot, cancellationToken);
        services.Emit(
            new VotesTallied(
                ballot.Round,
                result.Tally.Verdict,
                result.Tally.VetoedBy,
                result.Tally.Counts,
                result.Tally.Rule,
                agreed.Checklist
            )
        );
        return result.Proven.Count > 0 ? result : null;
    }

    /// <summary>A veto that was not repaired ends the run; other proven objections are left to the user.</summary>
    /// <exception cref="RunStop">rejected_by_consilium (veto)</exception>
    public void GiveUp(BallotResult result)
    {
        var open = string.Join("; ", result.Proven.Select(one => $"{one.Objection.Text} ({RoleText.Name(one.Role)})"));
        if (result.Tally.VetoedBy is not null)
        {
            throw new RunStop(
                StopReason.RejectedByConsilium,
                "veto",
                $"Security's proven objection to the change was not repaired: {open}."
            );
        }
        services.Emit(new NoticeRaised(Severity.Warning, "A proven objection to the change is open", open));
    }
}
