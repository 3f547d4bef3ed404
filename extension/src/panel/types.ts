// What the panel is told and what it may ask for. Both sides of the webview's border use these types and nothing else of each other.
import type { PermissionOptionKind, SessionConfigOption } from '@agentclientprotocol/sdk';
import type { AskSubject, FileChange, ListedRun, Risk } from '../generated/contracts';
import type { ViewState } from './state';
import type { WordKey } from './words';

/** What is known of a session before and beside its events. */
export interface SessionFacts {
  /** The workspace folder's name. */
  workspace: string;
  /** False in Restricted Mode: reading is all there is. */
  trusted: boolean;
  /** As the sidecar sent them; the selectors are drawn from these alone. */
  options: readonly SessionConfigOption[];
  /** Newest first. */
  runs: readonly ListedRun[];
}

export type SidecarState = 'starting' | 'ready' | 'none';

/** A question that waits for the user. */
export interface PanelQuestion {
  askId: string;
  subject: AskSubject;
  risk: Risk;
  /** The exact command, or the files of the patch. */
  question: string;
  /** Why it is asked, in Policy's words. */
  reason: string;
  /** Where the command would run. */
  cwd?: string;
  /** By the sidecar's own names, in its order. */
  options: readonly { optionId: string; name: string; kind: PermissionOptionKind }[];
}

/** `first`: nothing is written yet, answers are marks until the end button. `after`: written and tested, an answer takes effect at once. */
export type ReviewWhen = 'first' | 'after';

export interface ReviewFacts {
  when: ReviewWhen;
  /** The option `patch`: files and the whole, no single hunks. */
  wholeFiles?: boolean;
  /** Why nothing can be accepted, such as "level 0 only reads"; absent when it can. */
  refused?: string;
}

export type HunkState = 'pending' | 'accepted' | 'rejected' | 'edited' | 'conflicted';

export interface PanelHunk {
  hunkId: string;
  state: HunkState;
  /** 1-based, in the text the user sees now. */
  line: number;
  added: number;
  removed: number;
  /** The function or class around it, may be empty. */
  header: string;
  /** Why it is conflicted, or the reason of a reject. */
  note?: string;
}

export interface PanelFile {
  /** Relative to the workspace, with `/`. */
  path: string;
  change: FileChange;
  hunks: readonly PanelHunk[];
}

/** Everything the user can do in the panel; each is done by the extension, never by the webview. */
export interface PanelActions {
  solve(task: string): void;
  stop(): void;
  setOption(id: string, value: string): void;
  answer(askId: string, optionId: string): void;
  decide(hunkIds: string[], accept: boolean, reason?: string): void;
  /** Ends a review first: what is marked is applied, what is not is rejected. */
  applyMarked(): void;
  openHunk(hunkId: string): void;
  /** The path is relative to the workspace; the line is 1-based. */
  openFile(path: string, line?: number): void;
  openReport(): void;
  openTestOutput(): void;
  undoRun(runId?: string): void;
  /** The files of a run that was interrupted go back. */
  rollBack(): void;
  doctor(): void;
  showAudit(): void;
  trust(): void;
  restart(): void;
  showRun(runId: string): void;
}

/**
 * What the webview draws from: one value, sent whole once and then by the parts that changed. Absent things are null, so that they
 * survive the border.
 */
export interface PanelState {
  session: SessionFacts;
  sidecar: { state: SidecarState; detail: string };
  question: PanelQuestion | null;
  review: { files: readonly PanelFile[]; facts: ReviewFacts };
  view: ViewState;
}

/** The parts of a state that changed; `view` again holds only the parts of it that did. */
export type PanelChange = Partial<Omit<PanelState, 'view'>> & { view?: Partial<ViewState> };

/** The translated text of every word of the panel. */
export type Words = Record<WordKey, string>;

/** The sidecar's own names for its options and answers, in English, with their translations; `{0}` stands for anything. */
export type Phrases = Record<string, string>;

export type ToWebview =
  | { type: 'state'; words: Words; phrases: Phrases; locale: string; state: PanelState }
  | { type: 'change'; change: PanelChange }
  /** Puts the keyboard into the task box. */
  | { type: 'focus' };

/** One call of a PanelActions method. */
export type Act = { [K in keyof PanelActions]: { type: 'act'; name: K; args: Parameters<PanelActions[K]> } }[keyof PanelActions];

export type ToHost = { type: 'ready' } | Act;
