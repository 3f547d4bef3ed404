import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { EventEnvelope, RunEvent } from '../src/generated/contracts';
import { changeBetween, perform, readMessage } from '../src/panel/messages';
import { page } from '../src/panel/page';
import type { PanelActions, PanelState } from '../src/panel/types';
import { limits } from '../src/panel/view';
import { viewOf } from '../src/run/projections';
import { emptyRun, reduceRun, type RunState } from '../src/run/runState';

const read = (file: string): EventEnvelope[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as EventEnvelope);

const solved = read('extension/test/panel-page/solved.jsonl');
const everyKind = read('tests/Sidecar.Tests/House/events.jsonl');

const fold = (events: readonly EventEnvelope[], from = emptyRun): RunState =>
  events.reduce((state, envelope) => reduceRun(state, { type: 'event', envelope }), from);

const following = (...events: RunEvent[]): EventEnvelope[] =>
  events.map((event, index) => ({ seq: index + 1, at: new Date(index * 1000).toISOString(), runId: 'r', event }));

const started: RunEvent = { kind: 'run_started', task: 't', level: 2, model: 'm' };

test('a solved run is drawn from its recorded events', () => {
  const view = fold(solved);
  assert.equal(view.seq, solved.at(-1)?.seq);
  assert.equal(view.run?.end?.stop, 'done');
  assert.deepEqual(
    view.stages.map(({ name, state }) => `${name} ${state}`),
    ['analysis ok', 'plan ok', 'consilium ok', 'patch ok', 'tests ok', 'report ok'],
  );
  assert.deepEqual(
    view.ballot?.votes.map((vote) => `${vote.role} ${vote.verdict}`),
    ['director approve', 'architect approve', 'security approve', 'qa revise', 'dev approve', 'reviewer approve'],
  );
  assert.equal(view.ballot.tally?.verdict, 'approve');
  assert.deepEqual(
    view.checklist.map((item) => item.state),
    ['done', 'done', 'done'],
  );
  assert.deepEqual([view.tests?.before?.failed, view.tests?.after?.passed, view.tests?.running], [3, 4, null]);
  assert.match(view.tests?.output ?? '', /a closed range has two ends/);
  assert.deepEqual([view.patch?.state, view.patch?.files.length, view.report?.stop], ['applied', 1, 'done']);
  assert.ok(view.stages.every((stage) => stage.milliseconds >= 0));
});

test('an event of every kind can be reduced', () => {
  const view = fold(everyKind);
  assert.equal(view.seq, everyKind.length);
  assert.deepEqual(
    [view.run?.end?.stop, view.patch?.state, view.commit?.sha, view.notices.length],
    ['rejected_by_consilium', 'rolled_back', '1f2e3d', 1],
  );
});

test('events that come twice, as after a restart, change nothing', () => {
  const once = fold(solved);
  assert.equal(fold(solved, once), once);
  const half = fold(solved.slice(0, 30));
  assert.deepEqual(fold(solved.slice(10), half), once);
});

test('a second run begins with an empty picture and goes on counting', () => {
  const first = fold(solved);
  const seq = first.seq + 1;
  const view = fold([{ seq, at: '2026-01-01T00:00:00Z', runId: 'r_2', event: started }], first);
  assert.deepEqual([view.seq, view.run?.runId, view.stages, view.ballot, view.report], [seq, 'r_2', [], null, null]);
});

test('a kind that a newer sidecar invented is passed over', () => {
  const event = { kind: 'weather_changed' } as unknown as RunEvent;
  assert.deepEqual(fold(following(started, event)).run?.task, 't');
});

test('a revised plan keeps the votes of the round before', () => {
  const opened = (round: number): RunEvent => ({ kind: 'consilium_opened', round, planId: `pl${round}`, roles: ['qa'] });
  const counts = { approve: 0, revise: 1, reject: 0, abstain: 0 };
  const tallied: RunEvent = { kind: 'votes_tallied', round: 1, verdict: 'revise', counts, rule: 'because', checklist: [] };
  const view = fold(following(started, opened(1), tallied, opened(2)));
  assert.deepEqual([view.ballot?.round, view.ballot?.tally, view.earlier.map((one) => one.tally?.rule)], [2, null, ['because']]);
});

test('the checklist is not ticked by what was taken back', () => {
  const item = { id: 'c1', text: 'change a', files: ['a'] };
  const counts = { approve: 6, revise: 0, reject: 0, abstain: 0 };
  const view = (...events: RunEvent[]) =>
    fold(
      following(started, { kind: 'votes_tallied', round: 1, verdict: 'approve', counts, rule: '', checklist: [item] }, ...events),
    ).checklist.map((one) => one.state);
  const applied: RunEvent = { kind: 'patch_applied', patchId: 'p', files: [{ path: 'a', change: 'modified', added: 1, removed: 1 }] };
  assert.deepEqual(view(), ['open']);
  assert.deepEqual(view(applied), ['done']);
  assert.deepEqual(view(applied, { kind: 'rolled_back', snapshotId: 's', reason: 'red', files: 1 }), ['failed']);
});

test('output is cut to its last lines and freed of terminal codes, also of those cut in two', () => {
  const output = (...texts: string[]) =>
    fold(
      following(
        started,
        { kind: 'tests_started', attempt: 1, command: 'c', sandbox: 'none' },
        ...texts.map((text): RunEvent => ({ kind: 'tests_output', attempt: 1, text })),
      ),
    ).tests;
  assert.equal(output('\u001b[31mred\u001b[0m\r\n', 'a\u001b[3', '2mb\n', '1 %\r50 %\r99 %\nbell\u0007')?.output, 'red\nab\n99 %\nbell');
  const long = output(Array.from({ length: 1234 }, (_, index) => `line ${index}\n`).join(''));
  assert.deepEqual([long?.output.split('\n').length, long?.dropped, long?.output.endsWith('line 1233')], [limits.lines, 734, true]);
});

test('ten thousand events are reduced in less than two seconds and stay small', () => {
  const events = Array.from({ length: 10_000 }, (_, index): RunEvent => {
    const id = String(Math.floor(index / 8));
    switch (index % 4) {
      case 0:
        return { kind: 'message_added', messageId: id, text: 'a piece of text\n'.repeat(4) };
      case 1:
        return { kind: 'tests_output', attempt: 1, text: `line ${index}\nline ${index}\n` };
      case 2:
        return { kind: 'tool_started', toolCallId: id, tool: 'read_file', input: { path: id } };
      default:
        return { kind: 'notice_raised', severity: 'info', title: id, description: 'd' };
    }
  });
  const view = fold(following(started, ...events));
  assert.deepEqual([view.texts.length, view.tools.length, view.notices.length], [limits.texts, limits.tools, limits.notices]);
  assert.ok(JSON.stringify(viewOf(view)).length < 300_000);
});

test('the question about the files of an interrupted run is answered when they went back, also for who looks again later', () => {
  const interrupted = fold(following(started, { kind: 'run_finished', stop: 'interrupted', message: 'm' }));
  const back: RunEvent = { kind: 'rolled_back', snapshotId: 's', reason: 'restored by the user', files: 1 };
  const [, , third] = following(started, started, back);
  assert.deepEqual([interrupted.run?.settled, fold(third ? [third] : [], interrupted).run?.settled], [false, true]);
});

const stateOf = (run: RunState): PanelState => ({
  session: { workspace: 'w', trusted: true, options: [], runs: [] },
  sidecar: { state: 'ready', detail: '' },
  question: null,
  review: { files: [], facts: { when: 'first' } },
  view: viewOf(run),
});

test('only what changed is sent, and put together it is the whole', () => {
  const before = stateOf(fold(solved.slice(0, 20)));
  assert.equal(changeBetween(before, { ...before }), undefined);
  const after = { ...before, view: viewOf(fold(solved.slice(20, 22), fold(solved.slice(0, 20)))) };
  const change = changeBetween(before, after);
  assert.deepEqual(Object.keys(change ?? {}), ['view']);
  const overTheBorder = JSON.parse(JSON.stringify(change)) as { view: object };
  assert.deepEqual({ ...before.view, ...overTheBorder.view }, JSON.parse(JSON.stringify(after.view)));
});

test('a message of the webview is an action with its arguments, or nothing', () => {
  const done: unknown[] = [];
  const actions = { decide: (...args: unknown[]) => done.push(args), stop: () => done.push('stop') } as unknown as PanelActions;
  for (const message of [
    { type: 'act', name: 'decide', args: [['h1'], false, null] },
    { type: 'act', name: 'stop', args: [] },
    { type: 'act', name: 'decide', args: ['h1', true] },
    { type: 'act', name: 'decide', args: [['h1']] },
    { type: 'act', name: 'openFile', args: ['a', -1] },
    { type: 'act', name: 'stop', args: ['now'] },
    { type: 'act', name: 'constructor', args: [] },
    { type: 'act', name: 'eval', args: ['1'] },
    { type: 'act', name: 'stop' },
    { type: 'other' },
    'stop',
    null,
    undefined,
  ]) {
    const said = readMessage(message);
    if (said?.type === 'act') {
      perform(actions, said);
    }
  }
  assert.deepEqual(done, [[['h1'], false, undefined], 'stop']);
  assert.deepEqual(readMessage({ type: 'ready' }), { type: 'ready' });
});

test('the page allows its own script and nothing else', () => {
  const html = page({ nonce: 'n0', source: 'https://own', locale: 'en', uri: (file) => `https://own/${file}` });
  assert.match(
    html,
    /content="default-src 'none'; script-src 'nonce-n0'; style-src https:\/\/own; font-src https:\/\/own; img-src https:\/\/own"/,
  );
  assert.doesNotMatch(html, /unsafe|style="|onload/);
});
