using System.Collections.Concurrent;
using System.Diagnostics;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;

namespace CodexSidecar.Engine.Consilium;

/// <summary>The roles judge, each alone; their objections are checked by machine; a pure tally decides.</summary>
/// <param name="assignments">One for each voter of the ballot.</param>
internal sealed class Council(Func<Role, RoleAssignment> assignments, Evidence evidence, Action<RunEvent> emit)
{
    private const int VoteTokens = 400,
        Tries = 2;
    private const double AnotherLook = 0.7;

    public async Task<BallotResult> VoteAsync(Ballot ballot, CancellationToken cancellationToken)
    {
        var voters = ballot.Voters.Select(assignments).ToList();
        emit(
            new ConsiliumOpened(ballot.Round, ballot.PlanId, ballot.Voters, [.. voters.Select(assigned => assigned.Seat)], ballot.Reasons)
        );
        var groups = await Task.WhenAll(
            voters.GroupBy(assigned => assigned.Endpoint).Select(group => AskGroupAsync([.. group], ballot, cancellationToken))
        );
        var gone = groups.Select(group => group.Gone).FirstOrDefault(fault => fault is not null);
        var votes = groups.SelectMany(group => group.Votes).OrderBy(vote => vote.Role).ToList();
        if (gone is not null && votes.All(vote => vote.State is VoteState.Timeout))
        {
            throw gone;
        }
        var tally = Decide(votes, voters);
        if (
            tally.VetoedBy is { } role
            && await InsistsAsync(voters.First(assigned => assigned.Role == role), votes, ballot, cancellationToken) is { } second
        )
        {
            votes = [.. votes.Select(vote => vote.Role == role ? second : vote)];
            emit(new VoteCast(ballot.Round, second));
            tally = Decide(votes, voters);
        }
        return new(votes, tally);
    }

    private static TallyResult Decide(IReadOnlyList<Vote> votes, IReadOnlyList<RoleAssignment> voters) =>
        Tally.Decide(votes, role => voters.First(assigned => assigned.Role == role).Seat.Weight);

    /// <summary>
    /// The first alone, so that the shared prefix is read once. What a server says it read for the next two it would read for each: where
    /// one question for the rest is much cheaper (<see cref="PrefixCost"/>) it is asked. Once a server is gone the rest of its roles
    /// abstain.
    /// </summary>
    private async Task<(IReadOnlyList<Vote> Votes, ModelException? Gone)> AskGroupAsync(
        IReadOnlyList<RoleAssignment> group,
        Ballot ballot,
        CancellationToken cancellationToken
    )
    {
        var votes = new ConcurrentBag<Vote>();
        ModelException? gone = null;
        await AskAndTellAsync(group[0]);
        IReadOnlyList<RoleAssignment> rest = [.. group.Skip(1)];
        if (group[0].AtOnce == 1 && rest.Count > Tries + 1)
        {
            var seen = new[] { await AskAndTellAsync(rest[0]), await AskAndTellAsync(rest[1]) };
            rest = [.. rest.Skip(Tries)];
            if (gone is null && PrefixCost.Notice(seen, rest.Count) is { } notice)
            {
                emit(notice);
                rest = await TogetherAsync(rest, ballot, Tell, cancellationToken);
            }
        }
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = group[0].AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(rest, atOnce, async (assigned, _) => await AskAndTellAsync(assigned));
        return ([.. votes], gone);

        async Task<ModelUsage?> AskAndTellAsync(RoleAssignment assigned)
        {
            var (vote, fault, usage) = gone is null
                ? await AskAsync(assigned, ballot, "", 0.2, cancellationToken)
                : new(Abstention(assigned), gone);
            gone ??= fault;
            Tell(vote);
            return usage;
        }

        void Tell(Vote vote)
        {
            votes.Add(vote);
            emit(new VoteCast(ballot.Round, vote));
        }
    }

    /// <returns>Those whose part of the answer cannot be used: they are asked alone.</returns>
    private async Task<IReadOnlyList<RoleAssignment>> TogetherAsync(
        IReadOnlyList<RoleAssignment> assignments,
        Ballot ballot,
        Action<Vote> tell,
        CancellationToken cancellationToken
    )
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var roles = assignments.Select(assigned => assigned.Role).ToList();
            var purpose = $"vote:together{(ballot.Round > 1 ? $":{ballot.Round}" : "")}";
            var reply = await assignments[0]
                .Ask(new(purpose, RoleText.Together(roles, ballot.IsOnDiff), VoteTokens * assignments.Count), cancellationToken);
            var parts = RoleText.Split(reply.Text);
            var milliseconds = (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            var unread = new List<RoleAssignment>();
            foreach (var assigned in assignments)
            {
                if (VoteReader.Read(assigned.Role, parts.GetValueOrDefault(assigned.Role, "")) is (var vote, null))
                {
                    tell(
                        Verified(vote, ballot, cancellationToken) with
                        {
                            Model = assigned.Seat.Model,
                            Tokens = reply.Usage.OutputTokens / assignments.Count,
                            Milliseconds = milliseconds / assignments.Count,
                        }
                    );
                }
                else
                {
                    unread.Add(assigned);
                }
            }
            return unread;
        }
        catch (ModelException exception) when (exception.Fault is not ModelFault.Context)
        {
            return assignments;
        }
    }

    /// <summary>A veto that rests on a weak proof must be said twice: text that is found somewhere does not yet make a danger.</summary>
    /// <returns>The vote as it counts now; null when the veto stands.</returns>
    private async Task<Vote?> InsistsAsync(
        RoleAssignment assigned,
        IReadOnlyList<Vote> votes,
        Ballot ballot,
        CancellationToken cancellationToken
    )
    {
        var first = votes.First(vote => vote.Role == assigned.Role);
        if (
            (first.Objections ?? []).Any(objection =>
                objection is { Must: true, State: ObjectionState.Verified } && ObjectionCheck.IsStrong(objection)
            )
        )
        {
            return null;
        }
        var (second, _, _) = await AskAsync(assigned, ballot, ":sure", AnotherLook, cancellationToken);
        return second.Verdict is Verdict.Reject
            ? null
            : first with
            {
                Verdict = Verdict.Revise,
                Reason = "Asked again, the rejection was not repeated: it counts as a wish to revise.",
            };
    }

    /// <summary>A vote that cannot be read gets one more question that names what was missing; after that it abstains, and is shown
    /// so.</summary>
    private async Task<Asked> AskAsync(
        RoleAssignment assigned,
        Ballot ballot,
        string suffix,
        double temperature,
        CancellationToken cancellationToken
    )
    {
        var role = assigned.Role;
        IReadOnlyList<Role> questions = ballot.Voters.Count == 1 ? [.. Enum.GetValues<Role>().Order()] : [role];
        var purpose = $"vote:{RoleText.Name(role).ToLowerInvariant()}{(ballot.Round > 1 ? $":{ballot.Round}" : "")}{suffix}";
        var started = Stopwatch.GetTimestamp();
        try
        {
            var (form, bounded) = assigned.InJson ? (VoteForm.Schema, VoteForm.Bounded) : (null, null);
            var reply = await assigned.Ask(
                new(purpose, RoleText.Tail(questions, ballot.IsOnDiff, assigned.InJson), VoteTokens, temperature, form, bounded),
                cancellationToken
            );
            var (tokens, usage) = (reply.Usage.OutputTokens, reply.Usage);
            var (vote, missing) = VoteReader.Read(role, reply.Text);
            if (missing is not null)
            {
                reply = await assigned.Ask(
                    new(
                        $"{purpose}:again",
                        RoleText.Tail(questions, ballot.IsOnDiff, assigned.InJson, reply.Because(missing)),
                        VoteTokens,
                        temperature,
                        form,
                        bounded
                    ),
                    cancellationToken
                );
                tokens += reply.Usage.OutputTokens;
                var second = VoteReader.Read(role, reply.Text).Vote;
                vote = second.State is VoteState.Malformed && vote.State is not VoteState.Malformed ? vote : second;
                vote =
                    vote.State is VoteState.Malformed
                        ? vote with
                        {
                            Reason = reply.Trouble ?? vote.Reason,
                        }
                        : vote with
                        {
                            State = VoteState.Repaired,
                        };
            }
            return new(
                Verified(vote, ballot, cancellationToken) with
                {
                    Model = assigned.Seat.Model,
                    Tokens = tokens,
                    Milliseconds = (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds,
                },
                null,
                usage
            );
        }
        catch (ModelException exception) when (exception.Fault is ModelFault.Repetition or ModelFault.TooLong)
        {
            return new(Abstention(assigned) with { State = VoteState.Malformed }, null);
        }
        catch (ModelException exception) when (exception.Fault is not ModelFault.Context)
        {
            return new(Abstention(assigned), exception);
        }
    }

    private Vote Verified(Vote vote, Ballot ballot, CancellationToken cancellationToken)
    {
        var objections = vote
            .Objections?.Select(objection => ObjectionCheck.Check(objection, ballot.Steps, evidence, cancellationToken))
            .ToList();
        return vote with { Objections = objections };
    }

    /// <param name="Gone">The role's server is not there any more.</param>
    /// <param name="Usage">Of the first question.</param>
    private sealed record Asked(Vote Vote, ModelException? Gone, ModelUsage? Usage = null);

    private static Vote Abstention(RoleAssignment assigned) =>
        new(assigned.Role, Verdict.Abstain, "", [], [], null, State: VoteState.Timeout, Model: assigned.Seat.Model);
}
