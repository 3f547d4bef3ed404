using System.Text.Json.Serialization;

namespace CodexSidecar.Contracts;

[JsonConverter(typeof(SnakeCaseEnum<TestOutcome>))]
public enum TestOutcome
{
    Passed,
    Failed,
    TimedOut,
    NotRun,
}

/// <summary>One run of the project's tests. Counts are null when the runner's output names none.</summary>
public sealed record TestResult(
    TestOutcome Outcome,
    string Command,
    int? ExitCode,
    int? Passed,
    int? Failed,
    int? Skipped,
    IReadOnlyList<string> Failures,
    long Milliseconds
);

/// <param name="Decision"><c>allow</c>, <c>ask</c> or <c>deny</c>, with who decided in <paramref name="Reason"/>.</param>
/// <param name="Sandbox">The sandbox the command ran in: <c>bubblewrap</c>, <c>landlock</c>, <c>seatbelt</c> or <c>none</c>.</param>
public sealed record CommandRecord(string Command, string Decision, string Reason, int? ExitCode, long Milliseconds, string Sandbox);

/// <summary>Model use over the run. Tokens are as reported by the server, else estimated (<paramref name="Estimated"/>).</summary>
/// <param name="PromptBytes">UTF-8 bytes of all message texts sent.</param>
public sealed record Usage(int Requests, long PromptTokens, long OutputTokens, long CachedTokens, long PromptBytes, bool Estimated);

/// <summary>What a run did, kept with the run as report.json and report.md.</summary>
/// <param name="FilesAfterwards">One sentence: accepted as shown, or restored to the before-state.</param>
public sealed record Report(
    string RunId,
    string Task,
    StopReason Stop,
    string? Detail,
    string Summary,
    string FilesAfterwards,
    Level Level,
    string Model,
    IReadOnlyList<AppliedFile> Files,
    IReadOnlyList<CommandRecord> Commands,
    TestResult? TestsBefore,
    TestResult? TestsAfter,
    IReadOnlyList<Vote> Votes,
    Verdict? Consilium,
    IReadOnlyList<ChecklistItem> Checklist,
    Usage Usage,
    long Milliseconds,
    string? Commit,
    IReadOnlyList<string> Notes
);
