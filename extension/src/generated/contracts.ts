// Generated from the C# contracts by tests/Sidecar.Tests/Contracts; do not edit.
// After a change there: UPDATE_GOLDEN=1 dotnet test --project tests/Sidecar.Tests

/** One line of an event log and of `solve --json`. */
export interface EventEnvelope {
  /** Rises by 1 within a session, from 1. */
  seq: number;
  at: string;
  runId: string;
  event: RunEvent;
}

/** One fact about a run, in the order of a run's life. Faces render these and nothing else. */
export type RunEvent =
  | RunStarted
  | StageStarted
  | StageFinished
  | MessageAdded
  | ThoughtAdded
  | ToolStarted
  | ToolFinished
  | ModelProgressed
  | PlanProposed
  | ConsiliumOpened
  | VoteCast
  | VotesTallied
  | Overruled
  | PatchProposed
  | PermissionAsked
  | PermissionAnswered
  | HunksDecided
  | SnapshotTaken
  | PatchApplied
  | PatchFailed
  | TestsStarted
  | TestsOutput
  | TestsFinished
  | RolledBack
  | Committed
  | UsageCounted
  | NoticeRaised
  | TrackRecordUpdated
  | ReportWritten
  | RunFinished;

export interface RunStarted {
  kind: "run_started";
  task: string;
  /** The level's number, 0-4. */
  level: number;
  model: string;
}

export interface StageStarted {
  kind: "stage_started";
  stage: Stage;
  /** From 1; the tests stage counts the baseline as 0. */
  attempt: number;
}

export type Stage = "analysis" | "plan" | "consilium" | "patch" | "tests" | "report" | "commit";

export interface StageFinished {
  kind: "stage_finished";
  stage: Stage;
  attempt: number;
  outcome: StageOutcome;
}

export type StageOutcome = "ok" | "failed" | "skipped";

/** A piece of streamed text; pieces of one message share the id. */
export interface MessageAdded {
  kind: "message_added";
  messageId: string;
  text: string;
}

/** A piece of the model's reasoning; never sent back to it. */
export interface ThoughtAdded {
  kind: "thought_added";
  messageId: string;
  text: string;
}

export interface ToolStarted {
  kind: "tool_started";
  toolCallId: string;
  tool: string;
  input: unknown;
}

export interface ToolFinished {
  kind: "tool_finished";
  toolCallId: string;
  ok: boolean;
  summary: string;
}

export interface ModelProgressed {
  kind: "model_progressed";
  purpose: string;
  /** `waiting`, `prefill` or `decode`. */
  phase: string;
  /** 0-1, or null when unknown. */
  fraction?: number;
  estimated: boolean;
}

export interface PlanProposed {
  kind: "plan_proposed";
  planId: string;
  steps: string[];
  files: string[];
}

export interface ConsiliumOpened {
  kind: "consilium_opened";
  /** 1: the plan; 2: the plan after its one revision; 3 and up: the change itself. */
  round: number;
  planId: string;
  roles: Role[];
  /** In the order of `Roles`. */
  seats?: Seat[];
  /** Why the plan counts as risky, in words; decides the size when it is `auto`. */
  reasons?: string[];
}

/** The six voters, in the one order used for prompts, tally, display and records. */
export type Role = "director" | "architect" | "security" | "qa" | "dev" | "reviewer";

/** Who votes: a role, the model that speaks for it, and the weight its track record gives it. */
export interface Seat {
  role: Role;
  model: string;
  /** In thousandths, 500 to 1500; 1000 for a role without a record. Frozen when the run starts. */
  weight: number;
}

export interface VoteCast {
  kind: "vote_cast";
  round: number;
  vote: Vote;
}

/** One role's answer about the plan. */
export interface Vote {
  role: Role;
  verdict: Verdict;
  /** One sentence. */
  decision: string;
  risks: string[];
  checks: string[];
  /** 0-10 as stated by the model; null when it gave none. Recorded, never a weight. */
  confidence?: number;
  /** At most three short lines written before the verdict. */
  reason: string;
  objections?: Objection[];
  state: VoteState;
  model?: string;
  tokens: number;
  milliseconds: number;
}

export type Verdict = "approve" | "revise" | "reject" | "abstain";

export interface Objection {
  /** True when the role says the plan may not go on without this. */
  must: boolean;
  /** `path:line` or `plan:n`. */
  at: string;
  /** The line the objection is about, as the role copied it. */
  quote: string;
  text: string;
  state: ObjectionState;
  /** How the role says it can be checked: `kind | argument | expected`. */
  proof?: string;
  /** What the check found, or why there was none; one sentence. */
  evidence?: string;
}

export type ObjectionState = "unverified" | "verified" | "refuted";

/** How the vote came to be: `Repaired` needed one re-ask, `Malformed` and `Timeout` count as abstain. */
export type VoteState = "valid" | "repaired" | "malformed" | "timeout" | "skipped";

export interface VotesTallied {
  kind: "votes_tallied";
  round: number;
  verdict: Verdict;
  vetoedBy?: Role;
  counts: VoteCounts;
  /** The line of the tally that decided, in words. */
  rule: string;
  checklist: ChecklistItem[];
}

/** How many votes of each verdict were counted. */
export interface VoteCounts {
  approve: number;
  revise: number;
  reject: number;
  abstain: number;
}

/** One item of the Director's execution checklist. `Id` is `c1`, `c2`, … in order. */
export interface ChecklistItem {
  id: string;
  text: string;
  files?: string[];
  check?: string;
}

/** The user decided against the votes. */
export interface Overruled {
  kind: "overruled";
  round: number;
  /** True: a plan that was voted down is carried out; false: one that was approved is not. */
  accepted: boolean;
  by: AnsweredBy;
}

/** Who answered a question. */
export type AnsweredBy = "user" | "rule" | "level" | "face";

export interface PatchProposed {
  kind: "patch_proposed";
  patchId: string;
  attempt: number;
  files: PatchFile[];
}

export interface PatchFile {
  /** Relative to the workspace, with `/`. */
  path: string;
  change: FileChange;
  /** The hunks as a unified diff without file headers; 3 lines of context. */
  unified: string;
  hunks: Hunk[];
  added: number;
  removed: number;
  /** The old path of a move. */
  from?: string;
}

export type FileChange = "added" | "modified" | "deleted" | "moved";

/** One maximal run of changed lines that can be accepted or rejected alone. */
export interface Hunk {
  /** Opaque content hash, stable across restarts and replay. */
  hunkId: string;
  /** 1-based first old line (the line before an insertion), as in a unified diff. */
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  header: string;
}

export interface PermissionAsked {
  kind: "permission_asked";
  askId: string;
  toolCallId?: string;
  subject: AskSubject;
  risk: Risk;
  /** What is asked, complete: the exact command, or the files of the patch. */
  question: string;
  /** Why it is asked, in Policy's words. */
  reason: string;
  /** What would be done, in the order of `Question`; null: it is not about actions (a patch, a plan, a gate). */
  actions?: AskedAction[];
  /** Where nobody can be asked the run goes on all the same; null: what is asked about is not done. */
  goesOn?: boolean;
}

export type AskSubject = "patch" | "command" | "commit" | "plan" | "gate";

export type Risk = "low" | "medium" | "high";

/** One thing that a question asks about. A standing answer compares the kind and never the words. */
export interface AskedAction {
  kind: ActionKind;
  /** The exact path or command line, without what looks like a secret. */
  subject: string;
}

/** What kinds of action the level matrix of docs/security.md knows; one row each. */
export type ActionKind = "read" | "create_file" | "change_file" | "overwrite_file" | "delete_file" | "change_protected_file" | "read_secret" | "run_tests" | "read_only_command" | "git_read" | "git_commit" | "git_switch" | "git_destructive" | "git_remote" | "any_command" | "destructive_command" | "network" | "extra_tool";

export interface PermissionAnswered {
  kind: "permission_answered";
  askId: string;
  allowed: boolean;
  by: AnsweredBy;
}

export interface HunksDecided {
  kind: "hunks_decided";
  patchId: string;
  decisions: HunkDecision[];
  by: AnsweredBy;
}

export interface HunkDecision {
  hunkId: string;
  accept: boolean;
  reason?: string;
}

export interface SnapshotTaken {
  kind: "snapshot_taken";
  snapshotId: string;
  files: number;
}

export interface PatchApplied {
  kind: "patch_applied";
  patchId: string;
  files: AppliedFile[];
}

export interface AppliedFile {
  path: string;
  change: FileChange;
  added: number;
  removed: number;
  /** Lower-case hex of the bytes on disk afterwards; null for a deleted file. */
  sha256?: string;
}

export interface PatchFailed {
  kind: "patch_failed";
  patchId: string;
  files: RefusedFile[];
}

export interface RefusedFile {
  path: string;
  /** One of the refusal codes of docs/architecture.md ("Patching"), such as `not_found`. */
  code: string;
  message: string;
}

export interface TestsStarted {
  kind: "tests_started";
  attempt: number;
  command: string;
  /** What keeps the command in: a word, or `none`. */
  sandbox: string;
  /** What keeps the workspace as it is; null in old logs. */
  shadow?: ShadowRung;
}

/** What keeps the user's folder as it is while a run or a command works; the best one first. */
export type ShadowRung = "overlay" | "clone" | "place";

export interface TestsOutput {
  kind: "tests_output";
  attempt: number;
  text: string;
}

export interface TestsFinished {
  kind: "tests_finished";
  attempt: number;
  result: TestResult;
}

/** One run of the project's tests. Counts are null when the runner's output names none. */
export interface TestResult {
  outcome: TestOutcome;
  command: string;
  exitCode?: number;
  passed?: number;
  failed?: number;
  skipped?: number;
  failures: string[];
  milliseconds: number;
}

export type TestOutcome = "passed" | "failed" | "timed_out" | "not_run";

export interface RolledBack {
  kind: "rolled_back";
  snapshotId: string;
  reason: string;
  /** How many files were put back. */
  files: number;
}

export interface Committed {
  kind: "committed";
  sha: string;
  message: string;
}

export interface UsageCounted {
  kind: "usage_counted";
  /** Tokens of the last prompt and its answer. */
  used: number;
  /** The model's context window in tokens. */
  size: number;
  total: Usage;
}

/** Model use over the run. Tokens are as reported by the server, else estimated (`Estimated`). */
export interface Usage {
  requests: number;
  promptTokens: number;
  outputTokens: number;
  cachedTokens: number;
  /** UTF-8 bytes of all message texts sent. */
  promptBytes: number;
  estimated: boolean;
}

export interface NoticeRaised {
  kind: "notice_raised";
  severity: Severity;
  title: string;
  description: string;
}

export type Severity = "info" | "warning" | "error";

/** A vote of this run was judged by what came out. */
export interface TrackRecordUpdated {
  kind: "track_record_updated";
  standing: Standing;
}

/** What the judged votes of one role with one model say so far; older votes count less. */
export interface Standing {
  role: Role;
  model: string;
  /** In thousandths, 500 to 1500. */
  weight: number;
  /** How many of the judged votes came out right; a part of one when only a part of the patch was accepted. */
  right: number;
  judged: number;
  /** Mean squared distance of stated confidence and outcome, 0 best; null below 10 votes with a confidence. */
  brier?: number;
  /** The same for somebody who always states the average; confidence says something only when `Brier` is lower. */
  baseBrier?: number;
  /** Votes that could not be read. */
  malformed: number;
}

export interface ReportWritten {
  kind: "report_written";
  report: Report;
  path: string;
}

/** What a run did, kept with the run as report.json and report.md. */
export interface Report {
  runId: string;
  task: string;
  stop: StopReason;
  detail?: string;
  summary: string;
  /** One sentence: accepted as shown, or restored to the before-state. */
  filesAfterwards: string;
  level: Level;
  model: string;
  files: AppliedFile[];
  commands: CommandRecord[];
  testsBefore?: TestResult;
  testsAfter?: TestResult;
  votes: Vote[];
  consilium?: Verdict;
  checklist: ChecklistItem[];
  usage: Usage;
  milliseconds: number;
  commit?: string;
  notes: string[];
}

/** Why a run ended; the table of docs/architecture.md, section "Stop reasons", says what becomes of the files. */
export type StopReason = "done" | "nothing_to_do" | "tests_failed" | "no_progress" | "limit_time" | "limit_tokens" | "limit_requests" | "limit_changes" | "loop" | "malformed_replies" | "cassette_mismatch" | "forbidden" | "rejected_by_consilium" | "user_rejected" | "model_unavailable" | "cancelled" | "interrupted" | "failed";

/** How much the agent may do alone. The number is the one people type: `--level 2`. */
export type Level = "read_only" | "safe_write" | "run_tests" | "git_commit" | "extended_shell";

export interface CommandRecord {
  command: string;
  /** `allow`, `ask` or `deny`, with who decided in `Reason`. */
  decision: string;
  reason: string;
  exitCode?: number;
  milliseconds: number;
  /** The sandbox the command ran in: `bubblewrap`, `landlock`, `seatbelt` or `none`. */
  sandbox: string;
}

/** The one last event of every run. */
export interface RunFinished {
  kind: "run_finished";
  stop: StopReason;
  /** A code that narrows the reason, such as `context` or `veto`. */
  detail?: string;
  /** One sentence for the user: what happened and what to do. */
  message: string;
}

/** A proposed change to files; nothing is on disk yet. */
export interface Patch {
  patchId: string;
  files: PatchFile[];
}

/** The whole texts of one file of a patch, for clients that draw their own diff. Files over 1 MiB and files that are not text are left out. */
export interface PatchText {
  path: string;
  /** Null: a new file. */
  oldText?: string;
  /** Null: a deleted file. */
  newText?: string;
}

export interface ClientExtras {
  v: number;
  buffers: boolean;
}

export interface AgentExtras {
  v: number;
  methods: string[];
}

export interface NewSessionExtras {
  trusted?: boolean;
}

export interface ListedExtras {
  busy: boolean;
  lastStop?: StopReason;
}

export interface PromptExtras {
  unsaved?: UnsavedText[];
}

export interface UnsavedText {
  path: string;
  text: string;
}

export interface PromptResultExtras {
  runId?: string;
  stop?: StopReason;
  lastSeq: number;
}

export interface OutcomeExtras {
  decisions?: HunkDecision[];
}

export interface EventExtras {
  /** The version of this envelope. */
  v: number;
  seq: number;
  at: string;
  runId: string;
  event: RunEvent;
}

export interface ReplayParams {
  sessionId: string;
  runId?: string;
  afterSeq?: number;
}

export interface ReplayResult {
  fromSeq: number;
  toSeq: number;
  count: number;
}

export interface RunListParams {
  sessionId: string;
  cursor?: string;
}

export interface RunListResult {
  runs: ListedRun[];
  nextCursor?: string;
}

export interface ListedRun {
  runId: string;
  task: string;
  startedAt: string;
  finishedAt?: string;
  stop?: StopReason;
  verdict?: Verdict;
  patchIds: string[];
  /** Absolute path of the recorded model exchanges; null when none were recorded. */
  cassette?: string;
}

export interface ErrorData {
  kind?: string;
  path?: string;
  errorId?: string;
}

/** A decision about hunks of a patch that is applied already: `accept` false takes the hunk out of the file, true puts it back in. */
export interface DecideParams {
  sessionId: string;
  patchId: string;
  decisions: HunkDecision[];
  /** Patch ids are unique within a run; null: the newest run with this patch. */
  runId?: string;
}

export interface DecideResult {
  /** Hunks that are in the files now. */
  applied: string[];
  /** Hunks that are not in the files now. */
  rejected: string[];
  /** Hunks that stay as they are; the user's text around them was not touched. */
  conflicts: HunkConflict[];
  files: DecidedFile[];
}

export interface HunkConflict {
  hunkId: string;
  /** One sentence for the user. */
  reason: string;
}

export interface DecidedFile {
  /** Relative to the workspace, with `/`. */
  path: string;
  /** Lower-case hex of the bytes on disk now; null: the file is gone. */
  sha256?: string;
}

export interface SnapshotListParams {
  sessionId: string;
  cursor?: string;
}

export interface SnapshotListResult {
  snapshots: ListedSnapshot[];
  nextCursor?: string;
}

export interface ListedSnapshot {
  snapshotId: string;
  runId: string;
  at: string;
  /** The first line of the task it was taken for. */
  title: string;
  /** How many files it holds. */
  files: number;
}

export interface SnapshotDiffParams {
  sessionId: string;
  snapshotId: string;
  /** Another snapshot; null: the workspace as it is now. */
  to?: string;
}

export interface SnapshotDiffResult {
  files: DiffedFile[];
}

export interface DiffedFile {
  path: string;
  change: FileChange;
  /** Hunks without file headers; empty for what is no text. */
  unified: string;
  /** `Unified` was cut. */
  truncated: boolean;
}

export interface SnapshotRestoreParams {
  sessionId: string;
  snapshotId: string;
  /** Relative, with `/`: these, whatever is there now. Null: what the runs since the snapshot changed. */
  paths?: string[];
  /** Only say what would happen. */
  dryRun: boolean;
}

export interface SnapshotRestoreResult {
  restored: string[];
  /** Paths where the user's later changes would be lost; while there are any, nothing is restored. */
  conflicts: string[];
  /** The state before this restore; null when nothing was written. */
  undoSnapshotId?: string;
}

export interface BuffersReadParams {
  sessionId: string;
  /** Absolute; only these are asked for. */
  paths: string[];
}

export interface BuffersReadResult {
  unsaved: UnsavedText[];
}

/** Every kind of event, in the order of a run's life. */
export const eventKinds: readonly RunEvent["kind"][] = [
  "run_started",
  "stage_started",
  "stage_finished",
  "message_added",
  "thought_added",
  "tool_started",
  "tool_finished",
  "model_progressed",
  "plan_proposed",
  "consilium_opened",
  "vote_cast",
  "votes_tallied",
  "overruled",
  "patch_proposed",
  "permission_asked",
  "permission_answered",
  "hunks_decided",
  "snapshot_taken",
  "patch_applied",
  "patch_failed",
  "tests_started",
  "tests_output",
  "tests_finished",
  "rolled_back",
  "committed",
  "usage_counted",
  "notice_raised",
  "track_record_updated",
  "report_written",
  "run_finished",
];
