// The runs of a session: the latest, which events and marks change, and the one the panel shows. Whoever draws listens here.
import type { Closing } from '../closing';
import * as vscode from 'vscode';
import type { EventEnvelope } from '../generated/contracts';
import { emptyRun, reduceRun, type RunAction, type RunState } from './runState';

export interface RunChange {
  /** The latest run before. */
  before: RunState;
  /** What changed it; undefined: only another run is shown. */
  action: RunAction | undefined;
}

export interface Runs extends Closing {
  readonly latest: RunState;
  /** The latest run, or an earlier one the user picked, until a run begins or a question is asked. */
  readonly shown: RunState;
  readonly onDidChange: vscode.Event<RunChange>;
  dispatch(action: RunAction): void;
  /** Shows an earlier run from its events; undefined: the latest again. */
  show(events: readonly EventEnvelope[] | undefined): void;
}

export function createRuns(): Runs {
  const changed = new vscode.EventEmitter<RunChange>();
  let latest = emptyRun;
  let earlier: RunState | undefined;

  return {
    get latest() {
      return latest;
    },
    get shown() {
      return earlier ?? latest;
    },
    onDidChange: changed.event,
    dispatch: (action) => {
      const before = latest;
      latest = reduceRun(latest, action);
      if (latest === before) {
        return;
      }
      if (earlier) {
        earlier = goesBack(action) ? undefined : later(earlier, action);
      }
      changed.fire({ before, action });
    },
    show: (events) => {
      earlier = events?.reduce((state, envelope) => reduceRun(state, { type: 'event', envelope }), emptyRun);
      changed.fire({ before: latest, action: undefined });
    },
    dispose: () => {
      changed.dispose();
    },
  };
}

/** Whether the user must see the latest run now. */
function goesBack(action: RunAction): boolean {
  return action.type === 'closed' || (action.type === 'event' && ['run_started', 'permission_asked'].includes(action.envelope.event.kind));
}

/** What is decided about an earlier run while it is shown. */
function later(earlier: RunState, action: RunAction): RunState {
  return action.type === 'event' && action.envelope.runId === earlier.run?.runId ? reduceRun(earlier, action) : earlier;
}
