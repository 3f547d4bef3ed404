using System.Globalization;
using System.Text;
using CodexSidecar.Contracts;
using CodexSidecar.Faces.Cli;

namespace CodexSidecar.Sidecar.Tests.Consilium;

/// <summary>What the consilium did in a run, one fact a line.</summary>
internal static class Transcript
{
    public static string Of(IEnumerable<RunEvent> events)
    {
        var text = new StringBuilder();
        foreach (var line in events.SelectMany(Lines))
        {
            text.Append(line).Append('\n');
        }
        return text.ToString();
    }

    private static string Seat(Seat seat) =>
        string.Create(CultureInfo.InvariantCulture, $"{VoteDrawing.Name(seat.Role)} ({seat.Model}, {seat.Weight})");

    private static string Voted(Vote vote)
    {
        var confidence = vote.Confidence is { } sure ? $" {sure}/10" : "";
        var twice = vote.State is VoteState.Repaired ? ", asked twice" : "";
        return $"  {VoteDrawing.Name(vote.Role)}: {VoteDrawing.Word(vote)}{confidence}{twice}. {vote.Decision}".TrimEnd();
    }

    private static IEnumerable<string> Lines(RunEvent happened) =>
        happened switch
        {
            PlanProposed e => [$"plan {e.PlanId}: {string.Join(" / ", e.Steps)} [{string.Join(", ", e.Files)}]"],
            ConsiliumOpened e =>
            [
                $"round {e.Round}: {string.Join(", ", e.Seats!.Select(Seat))}",
                .. e.Reasons!.Select(reason => $"  risk: {reason}"),
            ],
            VoteCast e =>
            [
                Voted(e.Vote),
                .. (e.Vote.Objections ?? []).Select(one =>
                    $"    {(one.Must ? "must" : "should")} at {one.At}: {one.Text} "
                    + $"-> {one.State.ToString().ToLowerInvariant()}: {one.Evidence}"
                ),
            ],
            VotesTallied e =>
            [
                $"tally: {e.Verdict.ToString().ToLowerInvariant()} "
                    + $"({VoteDrawing.Counts(e.Counts)}){(e.VetoedBy is { } role ? $", veto of {role}" : "")}: {e.Rule}",
                .. e.Checklist.Select(item => $"  [ ] {item.Text}"),
            ],
            PermissionAsked e => [$"asked: {e.Question} ({e.Reason})"],
            PermissionAnswered e => [$"answered: {(e.Allowed ? "yes" : "no")} by {e.By.ToString().ToLowerInvariant()}"],
            Overruled e => [$"overruled: the plan is {(e.Accepted ? "carried out" : "stopped")}"],
            // When it is applied depends on the shadow that works here.
            PatchProposed e => [$"patch: {string.Join(", ", e.Files.Select(file => file.Path))}"],
            TestsFinished e => [$"tests: {e.Result.Outcome.ToString().ToLowerInvariant()}"],
            RolledBack e => [$"rolled back: {e.Reason}"],
            TrackRecordUpdated e => [$"record: {VoteDrawing.Name(e.Standing.Role)} ({e.Standing.Model}) {VoteDrawing.Record(e.Standing)}"],
            NoticeRaised { Severity: not Severity.Info } e => [$"notice: {e.Title}"],
            RunFinished e => [$"end: {CliMapping.StopCode(e.Stop, e.Detail)}"],
            _ => [],
        };
}
