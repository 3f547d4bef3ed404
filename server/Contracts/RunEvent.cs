using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexSidecar.Contracts;

/// <summary>One line of an event log and of <c>solve --json</c>.</summary>
/// <param name="Seq">Rises by 1 within a session, from 1.</param>
public sealed record EventEnvelope(long Seq, DateTimeOffset At, string RunId, RunEvent Event);

[JsonConverter(typeof(SnakeCaseEnum<Stage>))]
public enum Stage
{
    Analysis,
    Plan,
    Consilium,
    Patch,
    Tests,
    Report,
    Commit,
}

[JsonConverter(typeof(SnakeCaseEnum<StageOutcome>))]
public enum StageOutcome
{
    Ok,
    Failed,
    Skipped,
}

[JsonConverter(typeof(SnakeCaseEnum<Severity>))]
public enum Severity
{
    Info,
    Warning,
    Error,
}

[JsonConverter(typeof(SnakeCaseEnum<AskSubject>))]
public enum AskSubject
{
    Patch,
    Command,
    Commit,
    Plan,
    Gate,
}

[JsonConverter(typeof(SnakeCaseEnum<Risk>))]
public enum Risk
{
    Low,
    Medium,
    High,
}

/// <summary>Who answered a question.</summary>
[JsonConverter(typeof(SnakeCaseEnum<AnsweredBy>))]
public enum AnsweredBy
{
    User,
    Rule,
    Level,
    Face,
}

/// <summary>One fact about a run, in the order of a run's life. Faces render these and nothing else.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(RunStarted), "run_started")]
[JsonDerivedType(typeof(StageStarted), "stage_started")]
[JsonDerivedType(typeof(StageFinished), "stage_finished")]
[JsonDerivedType(typeof(MessageAdded), "message_added")]
[JsonDerivedType(typeof(ThoughtAdded), "thought_added")]
[JsonDerivedType(typeof(ToolStarted), "tool_started")]
[JsonDerivedType(typeof(ToolFinished), "tool_finished")]
[JsonDerivedType(typeof(ModelProgressed), "model_progressed")]
[JsonDerivedType(typeof(PlanProposed), "plan_proposed")]
[JsonDerivedType(typeof(ConsiliumOpened), "consilium_opened")]
[JsonDerivedType(typeof(VoteCast), "vote_cast")]
[JsonDerivedType(typeof(VotesTallied), "votes_tallied")]
[JsonDerivedType(typeof(Overruled), "overruled")]
[JsonDerivedType(typeof(PatchProposed), "patch_proposed")]
[JsonDerivedType(typeof(PermissionAsked), "permission_asked")]
[JsonDerivedType(typeof(PermissionAnswered), "permission_answered")]
[JsonDerivedType(typeof(HunksDecided), "hunks_decided")]
[JsonDerivedType(typeof(SnapshotTaken), "snapshot_taken")]
[JsonDerivedType(typeof(PatchApplied), "patch_applied")]
[JsonDerivedType(typeof(PatchFailed), "patch_failed")]
[JsonDerivedType(typeof(TestsStarted), "tests_started")]
[JsonDerivedType(typeof(TestsOutput), "tests_output")]
[JsonDerivedType(typeof(TestsFinished), "tests_finished")]
[JsonDerivedType(typeof(RolledBack), "rolled_back")]
[JsonDerivedType(typeof(Committed), "committed")]
[JsonDerivedType(typeof(UsageCounted), "usage_counted")]
[JsonDerivedType(typeof(NoticeRaised), "notice_raised")]
[JsonDerivedType(typeof(TrackRecordUpdated), "track_record_updated")]
[JsonDerivedType(typeof(ReportWritten), "report_written")]
[JsonDerivedType(typeof(RunFinished), "run_finished")]
public abstract record RunEvent
{
    /// <summary>Calls the method of the mapping that is for this event.</summary>
    public abstract T Map<T>(IRunEventMapping<T> mapping);
}

/// <param name="Level">The level's number, 0-4.</param>
public sealed record RunStarted(string Task, int Level, string Model) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

/// <param name="Attempt">From 1; the tests stage counts the baseline as 0.</param>
public sealed record StageStarted(Stage Stage, int Attempt) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record StageFinished(Stage Stage, int Attempt, StageOutcome Outcome) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

/// <summary>A piece of streamed text; pieces of one message share the id.</summary>
public sealed record MessageAdded(string MessageId, string Text) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

/// <summary>A piece of the model's reasoning; never sent back to it.</summary>
public sealed record ThoughtAdded(string MessageId, string Text) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record ToolStarted(string ToolCallId, string Tool, JsonElement Input) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record ToolFinished(string ToolCallId, bool Ok, string Summary) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

/// <param name="Phase"><c>waiting</c>, <c>prefill</c> or <c>decode</c>.</param>
/// <param name="Fraction">0-1, or null when unknown.</param>
public sealed record ModelProgressed(string Purpose, string Phase, double? Fraction, bool Estimated) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record PlanProposed(string PlanId, IReadOnlyList<string> Steps, IReadOnlyList<string> Files) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

/// <param name="Round">1: the plan; 2: the plan after its one revision; 3 and up: the change itself.</param>
/// <param name="Seats">In the order of <paramref name="Roles"/>.</param>
/// <param name="Reasons">Why the plan counts as risky, in words; decides the size when it is <c>auto</c>.</param>
public sealed record ConsiliumOpened(
    int Round,
    string PlanId,
    IReadOnlyList<Role> Roles,
    IReadOnlyList<Seat>? Seats = null,
    IReadOnlyList<string>? Reasons = null
) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record VoteCast(int Round, Vote Vote) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

/// <param name="Rule">The line of the tally that decided, in words.</param>
public sealed record VotesTallied(
    int Round,
    Verdict Verdict,
    Role? VetoedBy,
    VoteCounts Counts,
    string Rule,
    IReadOnlyList<ChecklistItem> Checklist
) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

/// <summary>The user decided against the votes.</summary>
/// <param name="Accepted">True: a plan that was voted down is carried out; false: one that was approved is not.</param>
public sealed record Overruled(int Round, bool Accepted, AnsweredBy By) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record PatchProposed(string PatchId, int Attempt, IReadOnlyList<PatchFile> Files) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

/// <param name="Question">What is asked, complete: the exact command, or the files of the patch.</param>
/// <param name="Reason">Why it is asked, in Policy's words.</param>
/// <param name="Actions">What would be done, in the order of <paramref name="Question"/>; null: it is not about actions (a patch, a
/// plan, a gate).</param>
/// <param name="GoesOn">Where nobody can be asked the run goes on all the same; null: what is asked about is not done.</param>
public sealed record PermissionAsked(
    string AskId,
    string? ToolCallId,
    AskSubject Subject,
    Risk Risk,
    string Question,
    string Reason,
    IReadOnlyList<AskedAction>? Actions = null,
    bool? GoesOn = null
) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record PermissionAnswered(string AskId, bool Allowed, AnsweredBy By) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record HunksDecided(string PatchId, IReadOnlyList<HunkDecision> Decisions, AnsweredBy By) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record SnapshotTaken(string SnapshotId, int Files) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record PatchApplied(string PatchId, IReadOnlyList<AppliedFile> Files) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record PatchFailed(string PatchId, IReadOnlyList<RefusedFile> Files) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

/// <param name="Sandbox">What keeps the command in: a word, or <c>none</c>.</param>
/// <param name="Shadow">What keeps the workspace as it is; null in old logs.</param>
public sealed record TestsStarted(int Attempt, string Command, string Sandbox, ShadowRung? Shadow = null) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record TestsOutput(int Attempt, string Text) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record TestsFinished(int Attempt, TestResult Result) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

/// <param name="Files">How many files were put back.</param>
public sealed record RolledBack(string SnapshotId, string Reason, int Files) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record Committed(string Sha, string Message) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

/// <param name="Used">Tokens of the last prompt and its answer.</param>
/// <param name="Size">The model's context window in tokens.</param>
public sealed record UsageCounted(long Used, long Size, Usage Total) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record NoticeRaised(Severity Severity, string Title, string Description) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

/// <summary>A vote of this run was judged by what came out.</summary>
public sealed record TrackRecordUpdated(Standing Standing) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

public sealed record ReportWritten(Report Report, string Path) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}

/// <summary>The one last event of every run.</summary>
/// <param name="Detail">A code that narrows the reason, such as <c>context</c> or <c>veto</c>.</param>
/// <param name="Message">One sentence for the user: what happened and what to do.</param>
public sealed record RunFinished(StopReason Stop, string? Detail, string Message) : RunEvent
{
    public override T Map<T>(IRunEventMapping<T> mapping) => mapping.Map(this);
}
