// What the status bar and the commands must know of the last run, as a value.
import type { EventEnvelope, Stage, StopReason } from './generated/contracts';

export interface RunFacts {
  runId: string;
  task: string;
  running: boolean;
  stage: Stage | undefined;
  stop: StopReason | undefined;
  /** Whether something of this run is in the files. */
  changed: boolean;
  report: string | undefined;
  testOutput: string;
  /** Milliseconds since 1970, by the sidecar's clock. */
  startedAt: number;
}

export const noRun: RunFacts = {
  runId: '',
  task: '',
  running: false,
  stage: undefined,
  stop: undefined,
  changed: false,
  report: undefined,
  testOutput: '',
  startedAt: 0,
};

/** The end of a longer output says most. */
const outputLimit = 4 << 20;

export function reduceRun(facts: RunFacts, { runId, at, event }: EventEnvelope): RunFacts {
  switch (event.kind) {
    case 'run_started':
      return { ...noRun, runId, task: event.task, running: true, startedAt: Date.parse(at) };
    case 'stage_started':
      return { ...facts, stage: event.stage };
    case 'tests_started':
      return { ...facts, testOutput: `$ ${event.command}\n` };
    case 'tests_output':
      return { ...facts, testOutput: (facts.testOutput + event.text).slice(-outputLimit) };
    case 'patch_applied':
      return { ...facts, changed: true };
    case 'rolled_back':
      return { ...facts, changed: false };
    case 'report_written':
      return { ...facts, report: event.path };
    case 'run_finished':
      return { ...facts, running: false, stage: undefined, stop: event.stop };
    default:
      return facts;
  }
}
