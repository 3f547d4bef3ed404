using CodexSidecar.Contracts;
using CodexSidecar.Engine.Orchestration;

namespace CodexSidecar.Engine.Reports;

/// <summary>Adds up the events of a run into its report: what was not emitted is not in it.</summary>
internal sealed class ReportBuilder
{
    private readonly SortedDictionary<string, AppliedFile> files = new(StringComparer.Ordinal);
    private readonly List<string> notes = [];
    private TestResult? before;
    private TestResult? after;
    private List<Vote> votes = [];
    private VotesTallied? tally;
    private PlanProposed? plan;
    private UsageCounted? usage;
    private RunStarted? started;
    private RolledBack? rolledBack;
    private string? commit;

    /// <summary>The last tests passed, and nothing was changed since.</summary>
    public bool ChecksGreen { get; private set; }

    /// <summary>The model that was found, where the run had to begin before there was one.</summary>
    public string? Model { get; set; }

    public void Add(RunEvent happened)
    {
        switch (happened)
        {
            case RunStarted run:
                started = run;
                break;
            case PlanProposed proposed:
                plan = proposed;
                break;
            case ConsiliumOpened { Round: <= 2 }:
                votes = [];
                break;
            case VoteCast cast:
                votes.RemoveAll(vote => vote.Role == cast.Vote.Role);
                votes.Add(cast.Vote);
                break;
            case VotesTallied tallied:
                tally = tallied;
                break;
            case TestsFinished { Attempt: 0 } baseline:
                before = baseline.Result;
                break;
            case TestsFinished finished:
                after = finished.Result;
                ChecksGreen = after.Outcome is TestOutcome.Passed;
                break;
            // In a shadow it is tested before it is applied.
            case PatchProposed:
                ChecksGreen = false;
                break;
            case PatchApplied applied:
                AddFiles(applied);
                break;
            case RolledBack back:
                rolledBack = back;
                files.Clear();
                break;
            case Overruled overruled:
                notes.Add(
                    overruled.Accepted
                        ? "You had the plan carried out although the consilium voted it down."
                        : "You stopped a plan that the consilium approved."
                );
                break;
            case Committed committed:
                commit = committed.Sha;
                break;
            case UsageCounted counted:
                usage = counted;
                break;
            case NoticeRaised { Severity: not Severity.Info } notice:
                notes.Add(notice.Description.Length == 0 ? notice.Title : $"{notice.Title}: {notice.Description}");
                break;
        }
    }

    public Report Build(string runId, RunEnd end, IReadOnlyList<CommandRecord> commands, TimeSpan took) =>
        new(
            runId,
            started?.Task ?? "",
            end.Stop,
            end.Detail,
            end.Message,
            Afterwards(end),
            (Level)(started?.Level ?? 0),
            Model ?? started?.Model ?? "",
            [.. files.Values],
            commands,
            before,
            after,
            votes,
            tally?.Verdict,
            Checklist(),
            usage?.Total ?? new(0, 0, 0, 0, 0, false),
            (long)took.TotalMilliseconds,
            commit,
            notes
        );

    private void AddFiles(PatchApplied applied)
    {
        foreach (var file in applied.Files)
        {
            files[file.Path] = files.TryGetValue(file.Path, out var known)
                ? file with
                {
                    Change = known.Change is FileChange.Added ? FileChange.Added : file.Change,
                    Added = known.Added + file.Added,
                    Removed = known.Removed + file.Removed,
                }
                : file;
        }
    }

    private IReadOnlyList<ChecklistItem> Checklist() =>
        tally?.Checklist is { Count: > 0 } items
            ? items
            : [.. (plan?.Steps ?? []).Select((step, index) => new ChecklistItem($"c{index + 1}", step))];

    private string Afterwards(RunEnd end) =>
        files.Count > 0
            ? end.IsSolved
                ? "As the patch left them; runs undo puts them back."
                : "Changed: putting them back did not succeed, see the notes."
            : rolledBack is not null
                ? "As before the run: everything was put back."
                : "Untouched.";
}
