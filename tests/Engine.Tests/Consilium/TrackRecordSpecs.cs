using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Testing;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Consilium;

public sealed class TrackRecordSpecs
{
    [Fact]
    public void A_role_without_a_record_weighs_one() =>
        Assert.Equal(new(Role.Qa, "m", 1000, 0, 0, null, null, 0), new TrackRecord([]).Of(Role.Qa, "m"));

    [Theory]
    [InlineData(1, 1360, 1380)]
    [InlineData(0, 500, 500)]
    public void Ten_votes_that_were_all_right_or_all_wrong(double right, int least, int most)
    {
        var weight = new TrackRecord(Enumerable.Range(0, 10).Select(_ => Judged(right))).Of(Role.Qa, "m").Weight;
        Assert.InRange(weight, least, most);
    }

    [Fact]
    public void A_weight_stays_within_its_bounds_for_any_history() =>
        Gen.Select(Gen.Double[-1, 2], Gen.Int[-5, 20], Gen.Bool)
            .Array[0, 200]
            .Holds(
                history =>
                    new TrackRecord(history.Select(one => Judged(one.Item3 ? one.Item1 : null, one.Item2))).Of(Role.Qa, "m").Weight
                        is >= 500
                            and <= 1500,
                few: 2000,
                many: 100_000
            );

    [Fact]
    public void Old_votes_fade()
    {
        var votes = Enumerable.Repeat(Judged(0), 30).Concat(Enumerable.Repeat(Judged(1), 30)).ToList();
        var forgotten = new TrackRecord(votes).Of(Role.Qa, "m").Weight;
        votes.Reverse();
        Assert.True(forgotten > new TrackRecord(votes).Of(Role.Qa, "m").Weight);
    }

    [Fact]
    public void Confidence_is_measured_against_somebody_who_always_states_the_average()
    {
        var votes = Enumerable.Range(0, 20).Select(number => Judged(number % 2, confidence: number % 2 == 1 ? 10 : 0));
        var standing = new TrackRecord(votes).Of(Role.Qa, "m");
        Assert.Equal((0, 0.25), (standing.Brier, standing.BaseBrier));
        Assert.Null(new TrackRecord([Judged(1, 9)]).Of(Role.Qa, "m").Brier);
    }

    [Fact]
    public void Another_model_and_other_questions_begin_anew()
    {
        var record = new TrackRecord([Judged(0), Judged(0) with { Questions = "of last year" }]);
        Assert.Equal(1000, record.Of(Role.Qa, "other").Weight);
        Assert.Equal(1, Assert.Single(record.Standings).Judged);
    }

    [Fact]
    public void A_vote_that_could_not_be_read_is_counted_but_not_judged()
    {
        var standing = new TrackRecord([Judged(null) with { State = VoteState.Malformed }]).Of(Role.Qa, "m");
        Assert.Equal((1000, 0, 1), (standing.Weight, standing.Judged, standing.Malformed));
    }

    private static JudgedVote Judged(double? right, int? confidence = 7) =>
        new(DateTimeOffset.UnixEpoch, "r", Role.Qa, "m", RoleText.Version(Role.Qa), Verdict.Approve, VoteState.Valid, right, confidence);
}
