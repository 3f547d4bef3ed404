// What each surface draws of a run.
import type { Stage, StopReason, Vote } from '../generated/contracts';
import type { ViewState } from '../panel/state';
import { emptyView } from '../panel/view';
import type { Phase, StoredFile } from '../review/hunkStore';
import type { RunState } from './runState';

const viewKeys = Object.keys(emptyView) as (keyof ViewState)[];

/** For the panel: only what may cross the webview's border. Its parts are the state's own, so that what changed is found by identity. */
export function viewOf(state: RunState): ViewState {
  return Object.fromEntries(viewKeys.map((key) => [key, state[key]])) as unknown as ViewState;
}

/** For everything that draws hunks. */
export interface ReviewState {
  runId: string;
  phase: Phase;
  /** The question that waits in a review first. */
  askId: string | undefined;
  votes: readonly Vote[];
  files: readonly StoredFile[];
}

const noVotes: readonly Vote[] = [];

export function reviewOf({ run, ballot, hunks }: RunState): ReviewState {
  const { phase, askId, files } = hunks;
  return { runId: run?.runId ?? '', phase, askId, votes: ballot?.votes ?? noVotes, files };
}

/** For the status bar. */
export interface RunStatus {
  task: string;
  running: boolean;
  stage: Stage | undefined;
  stop: StopReason | undefined;
  /** Milliseconds since 1970, by the sidecar's clock. */
  startedAt: number;
}

export function statusOf(state: RunState): RunStatus {
  const { run, stages } = state;
  const running = isRunning(state);
  // Between two stages the one before is still named.
  const last = stages.reduce<(typeof stages)[number] | undefined>(
    (found, one) => (found && found.since > one.since ? found : one),
    undefined,
  );
  return {
    task: run?.task ?? '',
    running,
    stage: running ? last?.name : undefined,
    stop: run?.end?.stop,
    startedAt: Date.parse(run?.startedAt ?? ''),
  };
}

export function isRunning({ run, lost }: RunState): boolean {
  return run !== null && run.end === null && !lost;
}

/** Whether something of this run is in the files. */
export function hasChanged({ hunks }: RunState): boolean {
  return hunks.applied.size > 0;
}

/** Whether two projections would be drawn alike. */
export function isSame<T extends object>(one: T, other: T): boolean {
  return (Object.keys(one) as (keyof T)[]).every((key) => Object.is(one[key], other[key]));
}
