using System.Diagnostics;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;

namespace CodexSidecar.Engine.Consilium;

/// <summary>Six roles judge the plan, each alone; their objections are checked by machine; a pure tally decides.</summary>
internal sealed class Council(AskTail ask, Evidence evidence, Action<RunEvent> emit, string model)
{
    private const int VoteTokens = 400;

    public async Task<BallotResult> VoteAsync(Ballot ballot, CancellationToken cancellationToken)
    {
        emit(new ConsiliumOpened(ballot.Round, ballot.PlanId, ballot.Voters));
        var votes = new List<Vote>();
        ModelException? gone = null;
        foreach (var role in ballot.Voters)
        {
            var vote = gone is null ? await AskAsync(role, ballot, cancellationToken) : (Vote: Late(role), Gone: gone);
            gone = vote.Gone;
            votes.Add(vote.Vote);
            emit(new VoteCast(ballot.Round, vote.Vote));
        }
        var everybodySilent = gone is not null && votes.All(vote => vote.State is VoteState.Timeout);
        return everybodySilent ? throw gone! : new(votes, Tally.Decide(votes, _ => Tally.NewWeight));
    }

    /// <summary>A vote that cannot be read gets one more question that names what was missing; after that it abstains, and is shown so.</summary>
    private async Task<(Vote Vote, ModelException? Gone)> AskAsync(Role role, Ballot ballot, CancellationToken cancellationToken)
    {
        IReadOnlyList<Role> questions = ballot.Voters.Count == 1 ? [.. Enum.GetValues<Role>().Order()] : [role];
        var purpose = $"vote:{RoleText.Name(role).ToLowerInvariant()}{(ballot.Round > 1 ? $":{ballot.Round}" : "")}";
        var started = Stopwatch.GetTimestamp();
        try
        {
            var reply = await ask(purpose, RoleText.Tail(questions), VoteTokens, cancellationToken);
            var tokens = reply.Usage.OutputTokens;
            var (vote, missing) = VoteReader.Read(role, reply.Text);
            if (missing is not null)
            {
                reply = await ask($"{purpose}:again", RoleText.Tail(questions, missing), VoteTokens, cancellationToken);
                tokens += reply.Usage.OutputTokens;
                var second = VoteReader.Read(role, reply.Text).Vote;
                vote = second.State is VoteState.Malformed && vote.State is not VoteState.Malformed ? vote : second;
                vote = vote.State is VoteState.Malformed ? vote : vote with { State = VoteState.Repaired };
            }
            return (Verified(vote, ballot, cancellationToken) with { Model = model, Tokens = tokens, Milliseconds = (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds }, null);
        }
        catch (ModelException exception) when (exception.Fault is ModelFault.Repetition or ModelFault.TooLong)
        {
            return (Late(role) with { State = VoteState.Malformed }, null);
        }
        catch (ModelException exception) when (exception.Fault is not ModelFault.Context)
        {
            return (Late(role), exception);
        }
    }

    private Vote Verified(Vote vote, Ballot ballot, CancellationToken cancellationToken)
    {
        var objections = vote.Objections?.Select(objection => ObjectionCheck.Check(objection, ballot.Steps, evidence, cancellationToken)).ToList();
        return vote with { Objections = objections };
    }

    private Vote Late(Role role) => new(role, Verdict.Abstain, "", [], [], null, State: VoteState.Timeout, Model: model);
}
