using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Testing;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Consilium;

public sealed class TallySpecs
{
    private static readonly Role[] Roles = [.. Enum.GetValues<Role>().Order()];

    private static readonly Gen<Vote> AnyVote = Gen.Select(
        Gen.Enum<Role>(),
        Gen.Enum<Verdict>(),
        Gen.Enum<ObjectionState>(),
        Gen.Bool,
        Gen.Bool,
        Gen.Int[0, 10],
        (role, verdict, state, must, objects, confidence) =>
            new Vote(role, verdict, "d", [], [], confidence, Objections: objects ? [new Objection(must, "plan:1", "", "t", state)] : null)
    );

    private static readonly Gen<Vote[]> Ballots = AnyVote
        .Array[6]
        .Select(votes => votes.Select((vote, index) => vote with { Role = Roles[index] }).ToArray());

    /// <summary>A approve, V revise, X reject (verified should), x reject (unverified), M approve with a verified must, - abstain; Security
    /// is third.</summary>
    [Theory]
    [InlineData("AAAAAA", Verdict.Approve, "more than half of the weight approves")]
    [InlineData("AAAAVV", Verdict.Approve, "more than half of the weight approves")]
    [InlineData("AAAVVV", Verdict.Revise, "no majority, so the plan is revised")]
    [InlineData("AAA---", Verdict.Abstain, "no quorum: 3 of 6 votes, 4 needed")]
    [InlineData("AAA-A-", Verdict.Approve, "more than half of the weight approves")]
    [InlineData("XX-XXA", Verdict.Reject, "more than half of the weight rejects")]
    [InlineData("xxxxxx", Verdict.Revise, "no majority, so the plan is revised")]
    [InlineData("MAAAAA", Verdict.Revise, "a verified objection of Director must be dealt with")]
    [InlineData("A", Verdict.Approve, "more than half of the weight approves")]
    [InlineData("-", Verdict.Abstain, "no quorum: 0 of 1 votes, 1 needed")]
    [InlineData("AV-", Verdict.Revise, "no majority, so the plan is revised")]
    public void The_table_of_outcomes(string letters, Verdict verdict, string rule)
    {
        var result = Decide([.. letters.Select((letter, index) => Of(Roles[index], letter))]);
        Assert.Equal((verdict, rule), (result.Verdict, result.Rule));
    }

    [Fact]
    public void A_verified_must_of_Security_with_a_reject_is_a_veto_whatever_the_others_say()
    {
        var security = new Vote(
            Role.Security,
            Verdict.Reject,
            "no",
            [],
            [],
            1,
            Objections: [new Objection(true, "a.cs:1", "", "t", ObjectionState.Verified)]
        );
        Ballots.Holds(
            votes =>
            {
                var result = Decide([.. votes.Select(vote => vote.Role is Role.Security ? security : vote)]);
                return result is { Verdict: Verdict.Reject, VetoedBy: Role.Security };
            },
            few: 5000,
            many: 100_000
        );
    }

    [Fact]
    public void The_order_of_arrival_does_not_change_the_result() =>
        Gen.Select(Ballots, Gen.Int, Gen.Int[500, 1500].Array[6])
            .Holds(
                (votes, seed, weights) =>
                {
                    var shuffled = votes.ToArray();
                    new Random(seed).Shuffle(shuffled);
                    return Decide(votes, weights) == Decide(shuffled, weights);
                },
                few: 5000,
                many: 100_000
            );

    /// <summary>Whatever the weights are.</summary>
    [Fact]
    public void An_abstention_never_helps_either_side() =>
        Gen.Select(Ballots, Gen.Int[500, 1500].Array[6], Gen.Int[0, 5])
            .Holds(
                (votes, weights, who) =>
                {
                    var before = Decide(votes, weights);
                    var after = Decide(
                        [
                            .. votes.Select(
                                (vote, index) => index == who ? vote with { Verdict = Verdict.Abstain, Objections = null } : vote
                            ),
                        ],
                        weights
                    );
                    return votes[who] switch
                    {
                        { Verdict: Verdict.Approve, Objections: null } => before.Verdict is Verdict.Approve
                            || after.Verdict is not Verdict.Approve,
                        { Verdict: Verdict.Reject, Objections: [{ State: ObjectionState.Verified }] } => before.Verdict is Verdict.Reject
                            || after.Verdict is not Verdict.Reject,
                        _ => true,
                    };
                },
                few: 5000,
                many: 100_000
            );

    [Fact]
    public void Stated_confidence_never_changes_the_result() =>
        Gen.Select(Ballots, Gen.Int[0, 10])
            .Holds((votes, sure) => Decide(votes) == Decide([.. votes.Select(vote => vote with { Confidence = sure })]));

    [Fact]
    public void A_clean_approve_instead_of_an_abstention_never_moves_the_outcome_away_from_approve() =>
        Ballots.Holds(votes =>
        {
            var before = Decide(votes);
            var after = Decide([
                .. votes.Select(vote =>
                    vote.Verdict is Verdict.Abstain ? vote with { Verdict = Verdict.Approve, Objections = null } : vote
                ),
            ]);
            return before.Verdict is not Verdict.Approve || after.Verdict is Verdict.Approve;
        });

    private static TallyResult Decide(IReadOnlyList<Vote> votes, int[] weights) => Tally.Decide(votes, role => weights[(int)role]);

    private static TallyResult Decide(IReadOnlyList<Vote> votes) => Tally.Decide(votes, _ => Tally.NewWeight);

    private static Vote Of(Role role, char letter) =>
        new(
            role,
            letter switch
            {
                'A' or 'M' => Verdict.Approve,
                'V' => Verdict.Revise,
                'X' or 'x' => Verdict.Reject,
                _ => Verdict.Abstain,
            },
            "d",
            [],
            [],
            5,
            Objections: letter switch
            {
                'X' => [new Objection(false, "a:1", "", "t", ObjectionState.Verified)],
                'x' => [new Objection(true, "a:1", "", "t")],
                'M' => [new Objection(true, "a:1", "", "t", ObjectionState.Verified)],
                _ => null,
            }
        );
}
