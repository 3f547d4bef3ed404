using System.Collections.Immutable;
using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Acp;

/// <summary>What ACP wants repeated whole, added up from the events so far: the plan, the vote table, the test output, the calls still
/// open.</summary>
internal sealed record AcpView
{
    public static readonly AcpView Empty = new();

    public string RunId { get; init; } = "";
    public ImmutableArray<PlanRow> Plan { get; init; } = [];
    public ImmutableArray<Vote> Votes { get; init; } = [];
    public string TestOutput { get; init; } = "";

    /// <summary>When the client was last sent <see cref="TestOutput"/>, and how much has come since.</summary>
    public DateTimeOffset TestShownAt { get; init; }
    public int TestUnshown { get; init; }
    public ImmutableHashSet<string> OpenCalls { get; init; } = [];

    /// <summary>The run's report was told.</summary>
    public bool IsReported { get; init; }

    /// <summary>The tool call each question is about, and whether it was made for the question alone.</summary>
    public ImmutableDictionary<string, (string CallId, bool Own)> Asks { get; init; } = ImmutableDictionary<string, (string, bool)>.Empty;

    /// <summary>The last patch.</summary>
    public PatchProposed? Patch { get; init; }

    /// <summary>Every patch of the session by its tool call, since its hunks can be decided after later runs.</summary>
    public ImmutableDictionary<string, PatchRow> Patches { get; init; } = ImmutableDictionary<string, PatchRow>.Empty;

    public static AcpView Of(string runId, Level level) => Empty with { RunId = runId, Plan = PlanRow.For(level) };

    /// <summary>Tool call ids are unique within a session, the engine's within a run.</summary>
    public string CallId(string id) => $"{RunId}/{id}";

    public AcpView Open(string callId) => this with { OpenCalls = OpenCalls.Add(callId) };

    public AcpView Close(string callId) => this with { OpenCalls = OpenCalls.Remove(callId) };

    public PlanUpdate DrawPlan() => new([.. Plan.Select(row => new PlanEntry(row.Text, row.Priority, row.Status))]);
}

/// <param name="LeftOut">The hunks that were rejected.</param>
internal sealed record PatchRow(PatchProposed Proposed, ImmutableHashSet<string> LeftOut);

internal sealed record PlanRow(Stage Stage, string Text, string Status = "pending")
{
    public string Priority =>
        Stage switch
        {
            Stage.Patch or Stage.Tests => "high",
            Stage.Report => "low",
            _ => "medium",
        };

    /// <summary>One row for each stage the level allows; the commit gets its own only when it comes to one.</summary>
    public static ImmutableArray<PlanRow> For(Level level) =>
        [
            .. new[] { Stage.Analysis, Stage.Plan, Stage.Consilium, Stage.Patch, Stage.Tests, Stage.Report }
                .Where(stage => stage != Stage.Tests || level >= Level.RunTests)
                .Select(stage => new PlanRow(stage, stage.ToString())),
        ];
}

internal static class PlanRows
{
    /// <summary>What comes before is done, what comes after is still to do (again, when a repair goes back).</summary>
    public static ImmutableArray<PlanRow> Start(this ImmutableArray<PlanRow> rows, Stage stage)
    {
        if (rows.All(row => row.Stage != stage))
        {
            rows = rows.Add(new PlanRow(stage, stage.ToString()));
        }
        var first = rows.First(row => row.Stage == stage);
        return
        [
            .. rows.Select(row =>
                row with
                {
                    Status =
                        row.Stage < stage ? "completed"
                        : ReferenceEquals(row, first) ? "in_progress"
                        : "pending",
                }
            ),
        ];
    }

    public static ImmutableArray<PlanRow> Finish(this ImmutableArray<PlanRow> rows, Stage stage) =>
        [.. rows.Select(row => row.Stage == stage ? row with { Status = "completed" } : row)];

    public static ImmutableArray<PlanRow> End(this ImmutableArray<PlanRow> rows, bool solved) =>
        [
            .. rows.Select(row =>
                solved ? row with { Status = "completed" }
                : row.Status == "in_progress" ? row with { Status = "pending" }
                : row
            ),
        ];

    /// <summary>The Director's checklist takes the place of the one patch row.</summary>
    public static ImmutableArray<PlanRow> WithChecklist(this ImmutableArray<PlanRow> rows, IReadOnlyList<ChecklistItem> checklist) =>
        checklist.Count == 0
            ? rows
            :
            [
                .. rows.Where(row => row.Stage < Stage.Patch),
                .. checklist.Select(item => new PlanRow(Stage.Patch, $"Patch: {item.Text}")),
                .. rows.Where(row => row.Stage > Stage.Patch),
            ];
}
