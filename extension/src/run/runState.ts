// Everything that is known of one run, as a value: events and the user's marks go in, the next state comes out.
// Panel, review and status bar draw parts of it (projections.ts); none of them keeps facts of its own.
import type { EventEnvelope, PatchText } from '../generated/contracts';
import type { ViewState } from '../panel/state';
import { append, noLines, type Lines } from '../panel/text';
import { emptyView, drawnAfter, limits, testsAfter } from '../panel/view';
import { noHunks, reduceHunks, type HunkAction, type Hunks } from '../review/hunkStore';
import { grown, noText, textOf, type LongText } from './longText';

export interface RunState extends ViewState {
  /** The last lines of the tests' output as they came; the panel draws them freed of terminal codes. */
  readonly lines: Lines;
  /** The output of the last tests for a document of its own. */
  readonly testOutput: LongText;
  /** Absolute. */
  readonly reportFile: string | undefined;
  /** The sidecar died in the middle of the run; the run's end is told when it has been started again. */
  readonly lost: boolean;
  /** What is under review. */
  readonly hunks: Hunks;
}

export type RunAction =
  /** @param texts the whole texts of the patch that the event proposes */
  | { type: 'event'; envelope: EventEnvelope; texts?: readonly PatchText[] }
  | { type: 'lost' }
  /** The session is over or begins anew: its events will follow from the first. */
  | { type: 'closed' }
  | HunkAction;

export const emptyRun: RunState = {
  ...emptyView,
  lines: noLines,
  testOutput: noText,
  reportFile: undefined,
  lost: false,
  hunks: noHunks,
};

export function reduceRun(state: RunState, action: RunAction): RunState {
  switch (action.type) {
    case 'event':
      return onEvent(state, action.envelope, action.texts ?? []);
    case 'lost':
      return { ...state, lost: true };
    case 'closed':
      return emptyRun;
    default: {
      const hunks = reduceHunks(state.hunks, action);
      return hunks === state.hunks ? state : { ...state, hunks };
    }
  }
}

/** Idempotent by `seq`: an event that was reduced before changes nothing. A new run begins with an empty picture. */
function onEvent(before: RunState, envelope: EventEnvelope, texts: readonly PatchText[]): RunState {
  const { seq, event } = envelope;
  if (seq <= before.seq) {
    return before;
  }
  const state = event.kind === 'run_started' ? emptyRun : before;
  const hunks = reduceHunks(state.hunks, { type: 'event', event, texts, level: state.run?.level });
  const next: RunState = { ...state, ...drawnAfter(state, envelope), seq, hunks };
  switch (event.kind) {
    case 'tests_started':
      return { ...next, lines: noLines, tests: testsAfter(state, event, noLines), testOutput: textOf(`$ ${event.command}\n`) };
    case 'tests_output': {
      const lines = append(state.lines, event.text, limits.lines);
      return { ...next, lines, tests: testsAfter(state, event, lines), testOutput: grown(state.testOutput, event.text) };
    }
    case 'report_written':
      return { ...next, reportFile: event.path };
    default:
      return next;
  }
}
