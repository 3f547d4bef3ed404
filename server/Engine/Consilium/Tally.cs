using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Consilium;

/// <param name="Verdict">Abstain: no quorum.</param>
/// <param name="Rule">The deciding line in words.</param>
internal sealed record TallyResult(Verdict Verdict, Role? VetoedBy, VoteCounts Counts, string Rule);

/// <summary>Votes in, outcome out. Pure, whole numbers only, independent of the order of arrival and of stated confidence.</summary>
internal static class Tally
{
    /// <summary>The weight of a role without a track record, in thousandths.</summary>
    public const int NewWeight = 1000;

    /// <param name="weight">In thousandths, 500 to 1500; frozen at the start of the run.</param>
    public static TallyResult Decide(IReadOnlyList<Vote> votes, Func<Role, int> weight)
    {
        var counted = votes.OrderBy(vote => vote.Role).Select(vote => (vote.Role, Verdict: Counted(vote))).ToList();
        var counts = new VoteCounts(Count(Verdict.Approve), Count(Verdict.Revise), Count(Verdict.Reject), Count(Verdict.Abstain));
        var (approve, reject) = (Weight(Verdict.Approve), Weight(Verdict.Reject));
        var total = approve + Weight(Verdict.Revise) + reject;
        if (votes.FirstOrDefault(vote => vote is { Role: Role.Security, Verdict: Verdict.Reject } && HasVerifiedMust(vote)) is not null)
        {
            return new(Verdict.Reject, Role.Security, counts, "veto: Security's objection was verified");
        }
        var valid = counted.Count(vote => vote.Verdict is not Verdict.Abstain);
        if (valid < Quorum(votes.Count))
        {
            return new(Verdict.Abstain, null, counts, $"no quorum: {valid} of {votes.Count} votes, {Quorum(votes.Count)} needed");
        }
        if (2 * reject > total)
        {
            return new(Verdict.Reject, null, counts, "more than half of the weight rejects");
        }
        if (votes.OrderBy(vote => vote.Role).FirstOrDefault(HasVerifiedMust) is { } proven)
        {
            return new(Verdict.Revise, null, counts, $"a verified objection of {RoleText.Name(proven.Role)} must be dealt with");
        }
        return 2 * approve > total
            ? new(Verdict.Approve, null, counts, "more than half of the weight approves")
            : new(Verdict.Revise, null, counts, "no majority, so the plan is revised");

        int Count(Verdict verdict) => counted.Count(vote => vote.Verdict == verdict);
        int Weight(Verdict verdict) => counted.Where(vote => vote.Verdict == verdict).Sum(vote => weight(vote.Role));
    }

    /// <summary>A rejection nobody could verify is an opinion: it counts as a wish to revise.</summary>
    private static Verdict Counted(Vote vote) =>
        vote switch
        {
            { Verdict: Verdict.Reject } when !(vote.Objections ?? []).Any(objection => objection.State is ObjectionState.Verified) =>
                Verdict.Revise,
            { Verdict: Verdict.Approve } when HasVerifiedMust(vote) => Verdict.Revise,
            _ => vote.Verdict,
        };

    private static bool HasVerifiedMust(Vote vote) =>
        (vote.Objections ?? []).Any(objection => objection is { Must: true, State: ObjectionState.Verified });

    private static int Quorum(int asked) =>
        asked switch
        {
            >= 6 => 4,
            >= 3 => 2,
            _ => 1,
        };
}
