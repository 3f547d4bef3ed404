// The pictures the panel can show, made from a recorded run.
import { readFileSync } from 'node:fs';
import type { EventEnvelope, Objection, RunEvent, Vote } from '../../src/generated/contracts';
import type { PanelFile, PanelQuestion, PanelState } from '../../src/panel/types';
import { viewOf } from '../../src/run/projections';
import { emptyRun, reduceRun, type RunState } from '../../src/run/runState';

export { page } from '../../src/panel/page';
export { emptyRun, reduceRun } from '../../src/run/runState';
export { Panel } from '../../src/panel/panel';
export { phrases, words } from '../../src/panel/words';

export const solved = readFileSync('extension/test/panel-page/solved.jsonl', 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as EventEnvelope);

const select = (id: string, name: string, currentValue: string, values: Record<string, string>) => ({
  id,
  name,
  type: 'select' as const,
  currentValue,
  options: Object.entries(values).map(([value, label]) => ({ value, name: label })),
});

const base: Omit<PanelState, 'view'> = {
  session: {
    workspace: 'ranges',
    trusted: true,
    options: [
      select('level', 'Level', 'run_tests', { read_only: '0 Read-only', safe_write: '1 Safe write', run_tests: '2 Run tests' }),
      select('model', 'Model', 'auto', { auto: "The server's own" }),
      select('consilium', 'Consilium', 'full', { full: 'Six roles', auto: 'By risk', off: 'Off' }),
      select('review', 'Review', 'hunks', { hunks: 'Hunk by hunk', patch: 'Once per patch', auto: 'Apply what the level allows' }),
    ],
    runs: [
      {
        runId: 'r1',
        task: 'Name the rounding rule in Basket.Total and use it everywhere',
        startedAt: '2026-11-20T09:12:00Z',
        finishedAt: '2026-11-20T09:13:00Z',
        stop: 'done',
        verdict: 'approve',
        patchIds: ['p1'],
      },
      {
        runId: 'r2',
        task: 'Remove the retry loop',
        startedAt: '2026-11-19T17:40:00Z',
        finishedAt: '2026-11-19T17:45:00Z',
        stop: 'tests_failed',
        patchIds: ['p1'],
      },
    ],
  },
  sidecar: { state: 'ready', detail: '' },
  question: null,
  review: { files: [], facts: { when: 'first' } },
};

const after = (state: RunState, envelope: EventEnvelope) => reduceRun(state, { type: 'event', envelope });

/** The run up to the first event that fits, changed on the way. */
function until(fits: (event: RunEvent) => boolean, change: (event: RunEvent) => RunEvent = (event) => event): RunState {
  const last = solved.findIndex(({ event }) => fits(event));
  return solved
    .slice(0, last + 1)
    .map((envelope) => ({ ...envelope, event: change(envelope.event) }))
    .reduce(after, emptyRun);
}

const add = (run: RunState, ...events: RunEvent[]): RunState =>
  events.reduce((state, event) => after(state, { seq: state.seq + 1, at: solved.at(-1)?.at ?? '', runId: 'r', event }), run);

const objection = (state: Objection['state'], must: boolean, at: string, text: string, evidence: string): Objection => ({
  state,
  must,
  at,
  text,
  evidence,
  quote: "const [from, to] = text.split('-');",
});

const objections: Partial<Record<Vote['role'], Partial<Vote>>> = {
  qa: { objections: [objection('verified', true, 'src/range.js:3', "'5' leaves the second part undefined", 'search found 1 call')] },
  reviewer: { objections: [objection('refuted', false, 'src/range.js:2', 'the helper exists already', 'no definition has that name')] },
  architect: { objections: [objection('unverified', false, 'plan:2', 'the comment belongs to the module', '')], state: 'repaired' },
  security: { state: 'timeout', verdict: 'abstain', decision: '', reason: '' },
};

const disputed = (event: RunEvent): RunEvent => {
  if (event.kind === 'vote_cast') {
    const { confidence, ...rest } = { ...event.vote, ...objections[event.vote.role] };
    return { ...event, vote: event.vote.role === 'security' ? rest : { ...rest, ...(confidence !== undefined && { confidence }) } };
  }
  return event.kind === 'votes_tallied'
    ? {
        ...event,
        verdict: 'revise',
        rule: 'a verified objection of QA must be dealt with',
        counts: { approve: 4, revise: 1, reject: 0, abstain: 1 },
      }
    : event;
};

const files: PanelFile[] = [
  {
    path: 'src/range.js',
    change: 'modified',
    hunks: [
      { hunkId: 'h1', state: 'accepted', line: 1, added: 1, removed: 1, header: '' },
      { hunkId: 'h2', state: 'pending', line: 4, added: 5, removed: 1, header: 'parseRange(text)' },
      { hunkId: 'h3', state: 'rejected', line: 21, added: 2, removed: 2, header: 'pages(range, last)', note: 'keep the old name' },
    ],
  },
  {
    path: 'test/a-rather-long-folder-name/open-ranges-of-every-kind.test.js',
    change: 'added',
    hunks: [{ hunkId: 'h4', state: 'pending', line: 1, added: 24, removed: 0, header: '' }],
  },
];

const command: PanelQuestion = {
  askId: 'a1',
  subject: 'command',
  risk: 'high',
  question: 'npm install --save-dev left-pad@1.3.0',
  reason: 'It changes the dependencies and runs their install scripts.',
  cwd: '/home/ann/ranges',
  options: [
    { optionId: 'once', name: 'Run once', kind: 'allow_once' },
    { optionId: 'reject', name: 'Reject', kind: 'reject_once' },
  ],
};

const patch: PanelQuestion = {
  askId: 'a2',
  subject: 'patch',
  risk: 'low',
  question: 'src/range.js +8 -4\ntest/a-rather-long-folder-name/open-ranges-of-every-kind.test.js +24 -0',
  reason: '',
  options: [
    { optionId: 'all', name: 'Apply all 4 hunks', kind: 'allow_once' },
    { optionId: 'hunks', name: 'Choose hunks…', kind: 'allow_once' },
    { optionId: 'reject', name: 'Reject', kind: 'reject_once' },
  ],
};

const counted = until((event) => event.kind === 'votes_tallied', disputed);
const proposed = until((event) => event.kind === 'patch_proposed');
const finished = until((event) => event.kind === 'run_finished');
const dead = 'Nothing answers. Tried: http://127.0.0.1:8080/v1, http://127.0.0.1:11434/v1, http://127.0.0.1:1234/v1.';
const stopped = (stop: 'model_unavailable' | 'interrupted', message: string) =>
  add(
    until((event) => event.kind === 'stage_started'),
    { kind: 'run_finished', stop, message },
  );

const vetoed = add(
  counted,
  { kind: 'consilium_opened', round: 2, planId: 'pl2', roles: ['director', 'architect', 'security', 'qa', 'dev', 'reviewer'] },
  ...(counted.ballot?.votes ?? []).map((vote): RunEvent => ({
    kind: 'vote_cast',
    round: 2,
    vote:
      vote.role === 'security'
        ? { ...vote, state: 'valid', verdict: 'reject', decision: 'The path reaches the shell.', confidence: 9 }
        : vote,
  })),
  {
    kind: 'votes_tallied',
    round: 2,
    verdict: 'reject',
    vetoedBy: 'security',
    rule: "veto: Security's objection was verified",
    counts: { approve: 4, revise: 1, reject: 1, abstain: 0 },
    checklist: [],
  },
  { kind: 'notice_raised', severity: 'warning', title: 'No sandbox', description: 'bubblewrap is not installed, so every command asks.' },
  { kind: 'run_finished', stop: 'rejected_by_consilium', message: 'Security vetoed the plan; nothing was changed.' },
);

export const states: Record<string, PanelState> = {
  empty: { ...base, view: viewOf(emptyRun) },
  restricted: { ...base, session: { ...base.session, trusted: false, runs: [] }, view: viewOf(emptyRun) },
  starting: { ...base, sidecar: { state: 'starting', detail: '' }, view: viewOf(emptyRun) },
  'no-sidecar': {
    ...base,
    session: { ...base.session, options: [] },
    sidecar: { state: 'none', detail: 'It ended three times within a minute.\nThe last words: exit code 134' },
    view: viewOf(emptyRun),
  },
  'no-model': { ...base, view: viewOf(stopped('model_unavailable', dead)) },
  interrupted: { ...base, view: viewOf(stopped('interrupted', 'The sidecar was killed; 1 file had been changed.')) },
  reading: {
    ...base,
    view: viewOf(
      add(
        until((event) => event.kind === 'stage_started' && event.stage === 'plan', disputed),
        { kind: 'model_progressed', purpose: 'plan:1', phase: 'prefill', fraction: 0.4, estimated: true },
      ),
    ),
  },
  voting: { ...base, view: viewOf(until((event) => event.kind === 'vote_cast' && event.vote.role === 'qa', disputed)) },
  counted: { ...base, view: viewOf(counted) },
  vetoed: { ...base, view: viewOf(vetoed) },
  question: { ...base, question: command, view: viewOf(proposed) },
  review: { ...base, question: patch, review: { files, facts: { when: 'first' } }, view: viewOf(proposed) },
  testing: { ...base, view: viewOf(until((event) => event.kind === 'tests_output' && event.attempt === 1)) },
  done: {
    ...base,
    review: { files: files.slice(0, 1), facts: { when: 'after' } },
    view: viewOf(finished),
  },
};
