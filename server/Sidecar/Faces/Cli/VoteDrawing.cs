using System.Globalization;
using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Cli;

/// <summary>The council: one row per role, the result, the Director's checklist.</summary>
internal static class VoteDrawing
{
    private static readonly string[] Headers = ["Role", "Verdict", "Confidence", "Decision", "Risks"];

    public static IReadOnlyList<Drawing> Tally(IReadOnlyList<Vote> votes, VotesTallied tally) =>
        [
            new Grid(Headers, [.. votes.OrderBy(vote => vote.Role).Select(Row)]),
            new Line(
                new Span($"  {Mark(tally.Verdict)} {Wire.Name(tally.Verdict)}", ToneOf(tally.Verdict)),
                new Span($": {Counts(tally.Counts)}"),
                new Span(tally.VetoedBy is { } role ? $", vetoed by {Name(role)}" : "", Tone.Bad),
                new Span($"   {tally.Rule}", Tone.Quiet)
            ),
            .. tally.Checklist.Select(item => new Line(
                new Span($"  [ ] {item.Text}"),
                new Span(item.Check is null ? "" : $"   check: {item.Check}", Tone.Quiet)
            )),
        ];

    public static IReadOnlyList<Drawing> Opened(ConsiliumOpened opened)
    {
        var on = opened.Round switch
        {
            1 => "",
            2 => ", on the revised plan",
            _ => ", on the change",
        };
        var why = opened.Reasons is { Count: > 0 } reasons ? $"   risk: {string.Join(", ", reasons)}" : "";
        return [new Line(new Span($"  {CliMapping.Count(opened.Roles.Count, "role votes", "roles vote")}{on}{why}", Tone.Quiet))];
    }

    public static IReadOnlyList<Drawing> Cast(Vote vote) =>
        [
            new Line(new Span($"  {Mark(vote.Verdict)} {Name(vote.Role)}", ToneOf(vote.Verdict)), new Span($" {Word(vote)}", Tone.Quiet)),
            .. (vote.Objections ?? []).Select(objection => new Line(
                new Span($"      {Lower(objection.State)}", objection.State is ObjectionState.Verified ? Tone.Bad : Tone.Quiet),
                new Span($" {objection.At}: {objection.Text}"),
                new Span(objection.Evidence is null ? "" : $"   ({objection.Evidence})", Tone.Quiet)
            )),
        ];

    /// <summary>How a role did so far, in words: <c>weight 1.12, 5.5 of 7 right</c>.</summary>
    public static string Record(Standing standing) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"weight {standing.Weight / 1000.0:0.00}, {standing.Right:0.##} of {standing.Judged} right"
        );

    private static string Lower(ObjectionState state) => state is ObjectionState.Unverified ? "advice" : Wire.Name(state);

    public static string Mark(Verdict verdict) =>
        verdict switch
        {
            Verdict.Approve => "✓",
            Verdict.Revise => "~",
            Verdict.Reject => "✗",
            _ => "–",
        };

    public static Tone ToneOf(Verdict verdict) =>
        verdict switch
        {
            Verdict.Approve => Tone.Good,
            Verdict.Revise => Tone.Careful,
            Verdict.Reject => Tone.Bad,
            _ => Tone.Quiet,
        };

    /// <summary>An abstention that nobody chose says why.</summary>
    public static string Word(Vote vote) =>
        Wire.Name(vote.Verdict)
        + vote.State switch
        {
            VoteState.Malformed => " (no readable vote)",
            VoteState.Timeout => " (no answer)",
            VoteState.Skipped => " (not asked)",
            _ => "",
        };

    public static string Counts(VoteCounts counts)
    {
        (int Number, string Word)[] parts =
        [
            (counts.Approve, "approve"),
            (counts.Revise, "revise"),
            (counts.Reject, "reject"),
            (counts.Abstain, "abstain"),
        ];
        return string.Join(", ", parts.Where(part => part.Number > 0).Select(part => $"{part.Number} {part.Word}"));
    }

    private static IReadOnlyList<Span> Row(Vote vote) =>
        [
            new Span(Name(vote.Role)),
            new Span(Word(vote), ToneOf(vote.Verdict)),
            new Span(vote.Confidence is { } confidence ? $"{confidence}/10" : "-", Tone.Quiet),
            new Span(vote.Decision),
            new Span(string.Join("; ", vote.Risks), Tone.Quiet),
        ];

    public static string Name(Role role) => role == Role.Qa ? "QA" : role.ToString();
}
