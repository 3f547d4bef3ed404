using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;

namespace CodexSidecar.Engine.Tests.Consilium;

public sealed class VoteJudgeSpecs
{
    private static readonly ConsiliumOpened First = new(1, "pl1", [Role.Qa]);
    private static readonly PatchProposed Patch = new(
        "p1",
        1,
        [new PatchFile("a.cs", FileChange.Modified, "", [new Hunk("h1", 1, 1, 1, 2), new Hunk("h2", 9, 0, 10, 1)], 3, 1)]
    );

    private static Vote Of(Verdict verdict, params IReadOnlyList<Objection> objections) =>
        new(Role.Qa, verdict, "d", [], [], 7, Objections: objections);

    private static Objection Objection(ObjectionState state, string at = "a.cs:1") => new(true, at, "", "t", state);

    private static TestsFinished Tests(TestOutcome outcome) => new(1, new(outcome, "t", 0, null, null, null, [], 0));

    private static HunksDecided Decided(bool one, bool two) =>
        new("p1", [new HunkDecision("h1", one), new HunkDecision("h2", two)], AnsweredBy.User);

    [Fact]
    public void An_approval_is_as_right_as_the_tests_say()
    {
        Assert.Equal(1, Right(Of(Verdict.Approve), StopReason.Done, Tests(TestOutcome.Passed)));
        Assert.Equal(0, Right(Of(Verdict.Approve), StopReason.TestsFailed, Tests(TestOutcome.Failed)));
        Assert.Null(Right(Of(Verdict.Approve), StopReason.Done));
    }

    [Fact]
    public void What_the_user_took_outranks_the_tests()
    {
        Assert.Equal(0.75, Right(Of(Verdict.Approve), StopReason.Done, Patch, Decided(true, false), Tests(TestOutcome.Passed)));
        Assert.Equal(0, Right(Of(Verdict.Approve), StopReason.UserRejected, Patch, Decided(false, false)));
    }

    [Fact]
    public void An_objection_is_right_when_it_was_proven_or_the_user_rejects_what_it_is_about()
    {
        Assert.Equal(1, Right(Of(Verdict.Revise, Objection(ObjectionState.Verified)), StopReason.Done, Tests(TestOutcome.Passed)));
        Assert.Equal(
            1,
            Right(
                Of(Verdict.Reject, Objection(ObjectionState.Unverified)),
                StopReason.Done,
                Patch,
                Decided(true, false),
                Tests(TestOutcome.Passed)
            )
        );
        Assert.Equal(
            1,
            Right(Of(Verdict.Revise, Objection(ObjectionState.Unverified)), StopReason.TestsFailed, Patch, Tests(TestOutcome.Failed))
        );
    }

    [Fact]
    public void An_objection_is_wrong_when_it_was_refuted_or_the_plan_succeeded_as_it_was()
    {
        Assert.Equal(0, Right(Of(Verdict.Revise, Objection(ObjectionState.Refuted)), StopReason.RejectedByConsilium));
        Assert.Equal(0, Right(Of(Verdict.Reject), StopReason.Done, Patch, Tests(TestOutcome.Passed)));
        Assert.Null(Right(Of(Verdict.Reject), StopReason.Done, new ConsiliumOpened(2, "pl2", [Role.Qa]), Tests(TestOutcome.Passed)));
    }

    [Theory]
    [InlineData(StopReason.Cancelled)]
    [InlineData(StopReason.LimitTime)]
    [InlineData(StopReason.ModelUnavailable)]
    [InlineData(StopReason.Failed)]
    public void A_run_that_was_cut_off_teaches_nothing(StopReason stop) =>
        Assert.Null(Right(Of(Verdict.Approve), stop, Tests(TestOutcome.Passed)));

    [Fact]
    public void An_abstention_is_not_judged_and_an_unreadable_vote_only_counted()
    {
        Assert.Null(Right(Of(Verdict.Abstain), StopReason.Done, Tests(TestOutcome.Passed)));
        var judge = new VoteJudge();
        judge.Add(new VoteCast(1, Of(Verdict.Abstain) with { State = VoteState.Malformed }));
        Assert.Null(Assert.Single(judge.Judge(StopReason.Done)).Right);
    }

    private static double? Right(Vote vote, StopReason stop, params IReadOnlyList<RunEvent> later)
    {
        var judge = new VoteJudge();
        judge.Add(First);
        judge.Add(new VoteCast(1, vote));
        foreach (var happened in later)
        {
            judge.Add(happened);
        }
        return judge.Judge(stop).FirstOrDefault().Right;
    }
}
