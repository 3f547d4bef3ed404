using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Consilium;

/// <summary>Reads a run's events and says at its end which votes were right. The strongest source wins: the user's decision, then the
/// tests, then a verified objection.</summary>
internal sealed class VoteJudge
{
    private readonly List<(int Round, Vote Vote)> votes = [];
    private readonly Dictionary<string, (string Path, int Lines)> hunks = new(StringComparer.Ordinal);
    private readonly HashSet<string> rejected = new(StringComparer.Ordinal);
    private readonly HashSet<string> changed = new(StringComparer.Ordinal);
    private int lastPlan = 1,
        accepted,
        offered;
    private bool? green;

    public void Add(RunEvent happened)
    {
        switch (happened)
        {
            case ConsiliumOpened { Round: <= 2 } opened:
                lastPlan = opened.Round;
                break;
            // A role that was asked twice counts with its last vote.
            case VoteCast cast:
                votes.RemoveAll(one => one.Round == cast.Round && one.Vote.Role == cast.Vote.Role);
                votes.Add((cast.Round, cast.Vote));
                break;
            case PatchProposed proposed:
                Remember(proposed);
                break;
            case HunksDecided { By: AnsweredBy.User } decided:
                Count(decided);
                break;
            case TestsFinished { Attempt: > 0, Result.Outcome: not TestOutcome.NotRun } tests:
                green = tests.Result.Outcome is TestOutcome.Passed;
                break;
        }
    }

    /// <summary>One entry for every vote that says something: an outcome, or that it could not be read.</summary>
    public IReadOnlyList<(Vote Vote, double? Right)> Judge(StopReason stop) =>
        [
            .. votes
                .Where(one => one.Vote.State is not VoteState.Skipped and not VoteState.Timeout)
                .Select(one => (one.Vote, Right: Right(one.Round, one.Vote, stop)))
                .Where(one => one.Right is not null || one.Vote.State is VoteState.Malformed),
        ];

    private double? Right(int round, Vote vote, StopReason stop) =>
        vote.Verdict switch
        {
            _ when stop
                    is not (
                        StopReason.Done
                        or StopReason.TestsFailed
                        or StopReason.NoProgress
                        or StopReason.UserRejected
                        or StopReason.RejectedByConsilium
                    ) => null,
            Verdict.Approve => round >= lastPlan ? Outcome(stop) : null,
            Verdict.Revise or Verdict.Reject => Objected(round, vote, stop),
            _ => null,
        };

    /// <summary>How well the change that came of the plan did: the share of its lines the user took, or what the tests said.</summary>
    private double? Outcome(StopReason stop) =>
        stop switch
        {
            StopReason.TestsFailed or StopReason.NoProgress or StopReason.UserRejected => 0,
            StopReason.Done when offered > 0 => green is false ? 0 : (double)accepted / offered,
            StopReason.Done when green is { } passed => passed ? 1 : 0,
            // It did not come to an outcome, or nothing speaks for or against it.
            StopReason.Done
            or StopReason.NothingToDo
            or StopReason.LimitTime
            or StopReason.LimitTokens
            or StopReason.LimitRequests
            or StopReason.LimitChanges
            or StopReason.Loop
            or StopReason.MalformedReplies
            or StopReason.CassetteMismatch
            or StopReason.Forbidden
            or StopReason.RejectedByConsilium
            or StopReason.ModelUnavailable
            or StopReason.Cancelled
            or StopReason.Interrupted
            or StopReason.Failed => null,
        };

    private double? Objected(int round, Vote vote, StopReason stop)
    {
        var objections = vote.Objections ?? [];
        var places = objections.Select(objection => objection.At.Split(':')[0]).ToList();
        if (
            objections.Any(objection => objection.State is ObjectionState.Verified)
            || places.Any(rejected.Contains)
            || (stop is StopReason.TestsFailed && places.Any(changed.Contains))
        )
        {
            return 1;
        }
        if (objections.Count > 0 && objections.All(objection => objection.State is ObjectionState.Refuted))
        {
            return 0;
        }
        return round >= lastPlan && Outcome(stop) is 1 ? 0 : null;
    }

    private void Remember(PatchProposed proposed)
    {
        foreach (var file in proposed.Files)
        {
            changed.Add(file.Path);
            foreach (var hunk in file.Hunks)
            {
                hunks[hunk.HunkId] = (file.Path, Math.Max(1, hunk.OldLines + hunk.NewLines));
            }
        }
    }

    private void Count(HunksDecided decided)
    {
        foreach (var decision in decided.Decisions)
        {
            if (hunks.TryGetValue(decision.HunkId, out var hunk))
            {
                offered += hunk.Lines;
                accepted += decision.Accept ? hunk.Lines : 0;
                if (!decision.Accept)
                {
                    rejected.Add(hunk.Path);
                }
            }
        }
    }
}
