// What the panel draws of a run. Absent things are null, so that they survive the way to the webview.
import type {
  FileChange,
  NoticeRaised,
  RefusedFile,
  Report,
  Role,
  RunFinished,
  Seat,
  Standing,
  Stage,
  StageOutcome,
  TestResult,
  UsageCounted,
  Vote,
  VotesTallied,
} from '../generated/contracts';

export interface ChecklistView {
  id: string;
  text: string;
  files: readonly string[];
  check: string;
  state: 'open' | 'done' | 'failed';
}

export interface StageView {
  name: Stage;
  attempt: number;
  state: 'running' | StageOutcome;
  /** When the running attempt began, ISO 8601. */
  since: string;
  /** Of the attempts that have ended. */
  milliseconds: number;
}

export interface RunView {
  runId: string;
  task: string;
  level: number;
  model: string;
  startedAt: string;
  /** Null while it goes on. */
  end: (Pick<RunFinished, 'stop' | 'message'> & { at: string; milliseconds: number }) | null;
  /** The user had the files put back after the run. */
  settled: boolean;
}

export interface Ballot {
  round: number;
  roles: readonly Role[];
  seats: readonly Seat[];
  votes: readonly Vote[];
  tally: Omit<VotesTallied, 'kind' | 'round' | 'checklist'> | null;
}

export interface SpokenText {
  id: string;
  thought: boolean;
  text: string;
}

export interface ToolView {
  id: string;
  tool: string;
  input: string;
  /** Null while it works. */
  ok: boolean | null;
  summary: string;
}

export interface PatchView {
  patchId: string;
  attempt: number;
  state: 'proposed' | 'applied' | 'refused' | 'rolled_back';
  files: readonly { path: string; change: FileChange; added: number; removed: number }[];
  refused: readonly RefusedFile[];
  /** Why the files went back. */
  reason: string;
}

export interface TestsView {
  before: TestResult | null;
  after: TestResult | null;
  running: { attempt: number; command: string } | null;
  output: string;
  dropped: number;
}

export interface ViewState {
  /** Of the last event; older ones change nothing. */
  seq: number;
  run: RunView | null;
  stages: readonly StageView[];
  progress: { purpose: string; phase: string; fraction: number | null; estimated: boolean } | null;
  plan: { steps: readonly string[]; files: readonly string[] } | null;
  /** The round that is on, or was the last. */
  ballot: Ballot | null;
  earlier: readonly Ballot[];
  /** What became of the votes of this run: the track records as they are now. */
  standings: readonly Standing[];
  /** The user decided against the votes; null: no. */
  overruled: { accepted: boolean } | null;
  checklist: readonly ChecklistView[];
  texts: readonly SpokenText[];
  tools: readonly ToolView[];
  patch: PatchView | null;
  tests: TestsView | null;
  notices: readonly Omit<NoticeRaised, 'kind'>[];
  commit: { sha: string; message: string } | null;
  usage: Omit<UsageCounted, 'kind'> | null;
  report: Report | null;
}
