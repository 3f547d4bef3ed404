using System.Text.Json;
using CodexSidecar.Contracts;
using TestResult = CodexSidecar.Contracts.TestResult;

namespace CodexSidecar.Sidecar.Tests.Acp;

/// <summary>A whole run as a list of events, with one of every kind; the goldens and the fixtures of the extension are drawn from
/// it.</summary>
internal static class SampleRun
{
    public const string Old = "class Range\n{\n    int Start() => 1;\n    int Length() => 2;\n    int End() => 3;\n}\n";
    public const string New = "class Range\n{\n    int? Start() => 1;\n    int Length() => 2;\n    int? End() => 3;\n}\n";

    public static readonly IReadOnlyList<PatchText> Texts = [new("src/Range.cs", Old, New)];

    public static IReadOnlyList<EventEnvelope> Solved() =>
        Number(
            new RunStarted("Range.Parse(\"5-\") throws.\nReturn null.", 2, "qwen2.5-coder-32b"),
            new NoticeRaised(Severity.Warning, "No sandbox", "bubblewrap is not installed."),
            new StageStarted(Stage.Tests, 0),
            new TestsStarted(0, "dotnet test", "none"),
            new TestsFinished(0, Result(TestOutcome.Failed, 41, 1, "RangeTests.Parse_open: ArgumentException")),
            new StageFinished(Stage.Tests, 0, StageOutcome.Failed),
            new StageStarted(Stage.Analysis, 1),
            new ModelProgressed("analysis:1", "prefill", 0.4, true),
            new ThoughtAdded("m0", "The parser wants both bounds."),
            new ToolStarted("t1", "read_file", JsonElement.Parse("""{"path":"src/Range.cs"}""")),
            new ToolFinished("t1", true, "6 lines"),
            new ToolStarted("t2", "shell", JsonElement.Parse("""{"command":"ls"}""")),
            new ToolFinished("t2", false, "not allowed at this level"),
            new MessageAdded("m1", "Граница может отсутствовать."),
            new StageFinished(Stage.Analysis, 1, StageOutcome.Ok),
            new StageStarted(Stage.Plan, 1),
            new PlanProposed("pl1", ["Null on a missing bound.", "Tests."], ["src/Range.cs"]),
            new StageFinished(Stage.Plan, 1, StageOutcome.Ok),
            new StageStarted(Stage.Consilium, 1),
            new ConsiliumOpened(1, "pl1", [Role.Director, Role.Architect, Role.Security, Role.Qa, Role.Dev, Role.Reviewer]),
            new VoteCast(1, new Vote(Role.Qa, Verdict.Approve, "Fix and test", ["callers that catch"], ["dotnet test"], 8)),
            new VoteCast(1, new Vote(Role.Reviewer, Verdict.Revise, "Document the null | say why", [], ["XML doc"], null)),
            new VotesTallied(
                1,
                Verdict.Approve,
                null,
                new VoteCounts(1, 1, 0, 0),
                "A majority approves.",
                [new("c1", "Null on a missing bound"), new("c2", "Test open ranges")]
            ),
            new Overruled(1, true, AnsweredBy.User),
            new StageFinished(Stage.Consilium, 1, StageOutcome.Ok),
            new StageStarted(Stage.Patch, 1),
            Patch(),
            new PermissionAsked("a1", null, AskSubject.Patch, Risk.Low, "src/Range.cs", "review is on"),
            new PermissionAnswered("a1", true, AnsweredBy.User),
            new HunksDecided("p1", [new("h1", true), new("h2", false, "not this one")], AnsweredBy.User),
            new SnapshotTaken("sn1", 212),
            new PatchApplied("p1", [new("src/Range.cs", FileChange.Modified, 1, 1, new string('9', 64))]),
            new StageFinished(Stage.Patch, 1, StageOutcome.Ok),
            new StageStarted(Stage.Tests, 1),
            new PermissionAsked("a2", null, AskSubject.Command, Risk.Medium, "dotnet test", "no sandbox works here"),
            new PermissionAnswered("a2", true, AnsweredBy.User),
            new TestsStarted(1, "dotnet test", "none"),
            new TestsOutput(1, "Passed! ```42``` of 42\n"),
            new TestsFinished(1, Result(TestOutcome.Passed, 42, 0)),
            new StageFinished(Stage.Tests, 1, StageOutcome.Ok),
            new UsageCounted(9120, 32768, new Usage(9, 81000, 4000, 60000, 320000, false)),
            new StageStarted(Stage.Report, 1),
            new TrackRecordUpdated(new Standing(Role.Qa, "qwen2.5-coder-32b", 1125, 8.5, 12, 0.21, 0.24, 1)),
            new ReportWritten(Report(StopReason.Done), "/home/ann/.local/state/codex-sidecar/runs/r_1/report.md"),
            new StageFinished(Stage.Report, 1, StageOutcome.Ok),
            new StageStarted(Stage.Commit, 1),
            new Committed("1f2e3d", "Return null for open ranges"),
            new StageFinished(Stage.Commit, 1, StageOutcome.Ok),
            new RunFinished(StopReason.Done, null, "Solved.")
        );

    public static IReadOnlyList<EventEnvelope> RolledBack() =>
        Number(
            new RunStarted("Make it pass", 1, "tiny"),
            new StageStarted(Stage.Patch, 1),
            Patch(),
            new PatchFailed("p1", [new("src/Range.cs", "not_found", "The lines to replace are not in the file.")]),
            new StageStarted(Stage.Patch, 2),
            Patch("p2"),
            new PatchApplied("p2", [new("src/Range.cs", FileChange.Modified, 2, 2, new string('8', 64))]),
            new ToolStarted("t7", "search", JsonElement.Parse("""{"pattern":"Range"}""")),
            new RolledBack("sn1", "tests still fail after 2 repairs", 1),
            new RunFinished(StopReason.TestsFailed, null, "The tests still fail after 2 repairs; everything was put back.")
        );

    public static PatchProposed Patch(string id = "p1") =>
        new(
            id,
            1,
            [
                new PatchFile(
                    "src/Range.cs",
                    FileChange.Modified,
                    "@@ -3 +3 @@ Start\n-    int Start() => 1;\n+    int? Start() => 1;\n",
                    [new("h1", 3, 1, 3, 1, "Start"), new("h2", 5, 1, 5, 1, "End")],
                    2,
                    2
                ),
            ]
        );

    public static IReadOnlyList<EventEnvelope> Number(params IEnumerable<RunEvent> events) =>
        [.. events.Select((happened, i) => new EventEnvelope(i + 1, DateTimeOffset.UnixEpoch.AddSeconds(i + 1), "r_1", happened))];

    private static TestResult Result(TestOutcome outcome, int passed, int failed, params IReadOnlyList<string> failures) =>
        new(outcome, "dotnet test", outcome == TestOutcome.Passed ? 0 : 1, passed, failed, 0, failures, 4200);

    private static Report Report(StopReason stop) =>
        new(
            "r_1",
            "Return null.",
            stop,
            null,
            "Applied 1 of 2 hunks; 42 tests pass.",
            "The files are as accepted.",
            Level.RunTests,
            "qwen2.5-coder-32b",
            [],
            [],
            null,
            Result(TestOutcome.Passed, 42, 0),
            [],
            Verdict.Approve,
            [],
            new Usage(9, 81000, 4000, 60000, 320000, false),
            60000,
            "1f2e3d",
            []
        );
}
