using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Engine.Tools;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>After the last vote on the plan: the user may carry out what was voted down, or stop what was approved. Both are events and
/// stay in the record.</summary>
internal sealed class PlanQuestion(RunServices services)
{
    /// <param name="tell">Emits the tally; called before anything is asked about it.</param>
    /// <returns>Whether the change may be committed: not when nobody decided.</returns>
    /// <exception cref="RunStop">rejected_by_consilium; user_rejected</exception>
    public async Task<bool> AskAsync(Ballot ballot, BallotResult result, Action tell, CancellationToken cancellationToken)
    {
        var tally = result.Tally;
        switch (tally.Verdict)
        {
            case Verdict.Reject:
                tell();
                await OverruleAsync(ballot, tally, cancellationToken);
                return true;
            case Verdict.Abstain:
                tell();
                services.Emit(NoQuorum(result));
                return await ConfirmAsync(
                    ballot,
                    "Carry out the plan although too few roles voted?",
                    tally.Rule,
                    otherwiseGoOn: true,
                    cancellationToken
                );
            case Verdict.Revise when result.Proven.Count > 0:
                tell();
                var open = string.Join("; ", result.Proven.Select(one => one.Objection.Text));
                await ConfirmAsync(
                    ballot,
                    "Carry out the plan with a proven objection open?",
                    open,
                    otherwiseGoOn: true,
                    cancellationToken
                );
                return true;
            default:
                if (services.Settings.ConfirmPlan)
                {
                    await ConfirmAsync(ballot, "Carry out this plan?", tally.Rule, otherwiseGoOn: false, cancellationToken);
                }
                return true;
        }
    }

    private async Task OverruleAsync(Ballot ballot, TallyResult tally, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(
            "Carry out the plan although the consilium rejected it?",
            tally.Rule,
            Risk.High,
            goesOn: false,
            cancellationToken
        );
        if (!answer.Allowed)
        {
            throw new RunStop(
                StopReason.RejectedByConsilium,
                tally.VetoedBy is null ? null : "veto",
                $"The consilium rejected the revised plan: {tally.Rule}. Say the task differently, or run it with --consilium off."
            );
        }
        services.Emit(new Overruled(ballot.Round, Accepted: true, answer.By));
    }

    /// <summary>A face that cannot ask is no user who says no: what was not rejected goes on, with the open points on the
    /// checklist.</summary>
    /// <returns>The user said yes.</returns>
    private async Task<bool> ConfirmAsync(
        Ballot ballot,
        string question,
        string reason,
        bool otherwiseGoOn,
        CancellationToken cancellationToken
    )
    {
        var answer = await AskAsync(question, reason, Risk.Medium, otherwiseGoOn, cancellationToken);
        if (answer.Allowed || (otherwiseGoOn && answer.By is not AnsweredBy.User))
        {
            return answer.Allowed;
        }
        if (answer.By is AnsweredBy.User)
        {
            services.Emit(new Overruled(ballot.Round, Accepted: false, answer.By));
        }
        throw new RunStop(StopReason.UserRejected, "plan", "The plan was not carried out; nothing was written.");
    }

    /// <summary>With what kept roles from voting, where that is known.</summary>
    private static NoticeRaised NoQuorum(BallotResult result)
    {
        var silent = result.Votes.Where(vote => vote.State is VoteState.Malformed or VoteState.Timeout).ToList();
        var causes = silent.Select(vote => vote.Reason ?? "").Where(reason => reason.Length > 0).Distinct().ToList();
        return new(
            Severity.Warning,
            silent.Count == result.Votes.Count ? "No role voted" : "The consilium has no quorum",
            $"{result.Tally.Rule}. Nobody really judged the plan."
                + (causes.Count == 0 ? "" : $" Of votes that could not be read: {string.Join("; ", causes)}.")
        );
    }

    private Task<Answer> AskAsync(string question, string reason, Risk risk, bool goesOn, CancellationToken cancellationToken) =>
        services.Guards.WaitForUserAsync(() =>
            services.Context.Ask(
                new("plan", null, AskSubject.Plan, risk, question, reason, GoesOn: goesOn ? true : null),
                cancellationToken
            )
        );
}
