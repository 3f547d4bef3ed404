using System.Text.Json;
using CodexSidecar.Contracts;

namespace CodexSidecar.Sidecar.Tests.Cli;

/// <summary>Runs told by hand, event by event.</summary>
internal static class RunTales
{
    public static readonly PatchFile RangeFile = new(
        "src/range.js",
        FileChange.Modified,
        "@@ -1,5 +1,6 @@ parse\n export function parse(text) {\n+  if (!text.includes('-')) return null;\n"
            + "   const [from, to] = text.split('-');\n-  return [Number(from), Number(to)];\n"
            + "+  return to === '' ? null : [Number(from), Number(to)];\n }\n \\ No newline at end of file\n",
        [new Hunk("h1", 1, 0, 2, 1, "parse"), new Hunk("h2", 3, 1, 4, 1, "parse")],
        2,
        1
    );

    private static readonly TestResult Red = new(TestOutcome.Failed, "node --test", 1, 3, 1, 0, ["open ranges are refused"], 412);
    private static readonly TestResult Green = new(TestOutcome.Passed, "node --test", 0, 4, 0, 1, [], 398);
    private static readonly AppliedFile Applied = new("src/range.js", FileChange.Modified, 2, 1, "9b1c");

    private static readonly Vote[] Votes =
    [
        new(Role.Director, Verdict.Approve, "Small and testable.", [], ["node --test"], 8),
        new(Role.Architect, Verdict.Approve, "Fits the module.", [], [], 7),
        new(Role.Security, Verdict.Abstain, "", [], [], null, State: VoteState.Malformed),
        new(Role.Qa, Verdict.Revise, "Also test a missing dash.", ["callers that catch"], ["open ranges"], 6),
        new(Role.Dev, Verdict.Approve, "One line.", [], [], 9),
        new(Role.Reviewer, Verdict.Approve, "Readable.", ["null is not documented"], [], 7),
    ];

    public static IReadOnlyList<RunEvent> Solved =>
        [
            new RunStarted("parse('5-') throws. Return null instead.", 2, "qwen2.5-coder:14b at http://127.0.0.1:11434/v1"),
            new StageStarted(Stage.Analysis, 1),
            new ModelProgressed("analysis:1", "prefill", 0.5, true),
            new MessageAdded("m1", "I need to see "),
            new MessageAdded("m1", "the parser.\nIt is small."),
            new ToolStarted("t1", "read_file", Json("""{"path":"src/range.js","lines":"1-40"}""")),
            new ToolFinished("t1", true, "5 lines"),
            new StageFinished(Stage.Analysis, 1, StageOutcome.Ok),
            new StageStarted(Stage.Plan, 1),
            new PlanProposed("pl1", ["Return null for a missing bound.", "Keep the other cases."], ["src/range.js"]),
            new StageStarted(Stage.Consilium, 1),
            new ConsiliumOpened(
                1,
                "pl1",
                Enum.GetValues<Role>(),
                [.. Enum.GetValues<Role>().Select(role => new Seat(role, "qwen2.5-coder", 1000))],
                ["2 files"]
            ),
            .. Votes.Select(vote => new VoteCast(1, vote)),
            new VotesTallied(
                1,
                Verdict.Approve,
                null,
                new VoteCounts(4, 1, 0, 1),
                "4 of 5 counted votes approve",
                [new ChecklistItem("c1", "Null for a missing bound", ["src/range.js"], "node --test")]
            ),
            new StageStarted(Stage.Tests, 0),
            new TestsStarted(0, "node --test", "bubblewrap"),
            new TestsOutput(0, "not ok 2 - open ranges are refused\r\n"),
            new TestsFinished(0, Red),
            new StageStarted(Stage.Patch, 1),
            new PatchProposed("p1", 1, [RangeFile]),
            new PermissionAsked("a1", null, AskSubject.Patch, Risk.Low, "Apply the patch to src/range.js?", "--review ask"),
            new PermissionAnswered("a1", true, AnsweredBy.User),
            new HunksDecided("p1", [new HunkDecision("h1", true), new HunkDecision("h2", true)], AnsweredBy.User),
            new SnapshotTaken("sn1", 3),
            new PatchApplied("p1", [Applied]),
            new StageStarted(Stage.Tests, 1),
            new TestsStarted(1, "node --test", "bubblewrap"),
            new TestsFinished(1, Green),
            new UsageCounted(2210, 32768, Use),
            new StageStarted(Stage.Report, 1),
            new TrackRecordUpdated(new Standing(Role.Qa, "qwen2.5-coder", 1125, 8.5, 12, 0.21, 0.24, 1)),
            new ReportWritten(TheReport(StopReason.Done, Green, [Applied]), "/state/runs/r_1/report.md"),
            new StageFinished(Stage.Commit, 1, StageOutcome.Skipped),
            new RunFinished(StopReason.Done, null, "The tests pass; 1 file changed."),
        ];

    public static IReadOnlyList<RunEvent> RolledBack =>
        [
            new RunStarted("Make it faster", 2, "recorded from qwen2.5-coder:14b"),
            new NoticeRaised(Severity.Warning, "No sandbox works here", "Commands ask first."),
            new NoticeRaised(Severity.Info, "Window", "8192 tokens"),
            new StageStarted(Stage.Patch, 2),
            new ThoughtAdded("m4", "hm"),
            new PatchFailed("p2", [new RefusedFile("src/range.js", "not_found", "The text to replace is not in the file.")]),
            new PermissionAsked("a2", "t9", AskSubject.Command, Risk.High, "npm test", "no sandbox works here"),
            new PermissionAnswered("a2", false, AnsweredBy.Face),
            new StageStarted(Stage.Tests, 2),
            new TestsStarted(2, "node --test", "none"),
            new TestsFinished(2, Red with { Failures = [.. Enumerable.Range(1, 12).Select(number => $"case {number}")], Failed = 12 }),
            new StageFinished(Stage.Tests, 2, StageOutcome.Failed),
            new RolledBack("sn1", "the tests still fail after 2 repairs", 1),
            new Overruled(2, true, AnsweredBy.User),
            new Committed("0123456789abcdef", "never happens after a rollback, but must draw"),
            new ReportWritten(
                TheReport(StopReason.TestsFailed, null, []) with
                {
                    Notes = ["A rollback put everything back."],
                    Consilium = Verdict.Reject,
                    Commit = "0123456789",
                },
                "/state/runs/r_2/report.md"
            ),
            new RunFinished(StopReason.TestsFailed, "repairs", "The tests still fail; your files are as before."),
        ];

    /// <summary>What a hostile model and a hostile repository would write to our terminal.</summary>
    public static IReadOnlyList<RunEvent> Hostile =>
        [
            new RunStarted("[red]task[/] \e]0;title\a", 2, "model\r\nfake line"),
            new MessageAdded(
                "m1",
                "before \e[2J\e[1;1H after [bold]not markup[/] [unclosed\n\u009b31m 8-bit, \u202ereversed\u202c, \0 zero\r100 %\r"
            ),
            new ToolStarted("t1", "read_file", Json("""{"path":"a\u001b[31m\nb"}""")),
            new ToolFinished("t1", false, "refused\e[0m"),
            new PlanProposed("pl", ["step\n\n✓ done  forged line"], ["[/]"]),
            new VoteCast(1, new Vote(Role.Qa, Verdict.Approve, "[link=http://evil]x[/]\e[8m", ["r\u2028isk"], [], 3)),
            new VotesTallied(1, Verdict.Approve, Role.Security, new VoteCounts(1, 0, 0, 0), "rule", []),
            new PatchProposed(
                "p",
                1,
                [RangeFile with { Path = "evil\e[31m\n.js", Unified = "@@ -1 +1 @@\n-a\tb\r\n+\e[32mfake\u0007\r\n" }]
            ),
            new TestsOutput(1, "\e[?1049l\e]52;c;ZXZpbA==\a\n"),
            new RunFinished(StopReason.UserRejected, null, "no\e[0m"),
        ];

    private static Usage Use => new(9, 12345, 678, 0, 40000, true);

    private static Report TheReport(StopReason stop, TestResult? after, IReadOnlyList<AppliedFile> files) =>
        new(
            "r_1",
            "task",
            stop,
            null,
            "Open ranges give null.",
            "As accepted.",
            Level.RunTests,
            "qwen2.5-coder:14b",
            files,
            [
                new CommandRecord("node --test", "allow", "level 2", 1, 412, "bubblewrap"),
                new CommandRecord("npm install", "deny", "level 2 runs tests only", null, 0, "none"),
            ],
            Red,
            after,
            Votes,
            Verdict.Approve,
            [],
            Use,
            3210,
            null,
            []
        );

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement.Clone();
}
