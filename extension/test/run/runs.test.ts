import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { EventEnvelope, RunEvent } from '../../src/generated/contracts';
import { hasChanged, isRunning, reviewOf, statusOf, viewOf } from '../../src/run/projections';
import { createRuns } from '../../src/run/runs';

const solved = readFileSync('extension/test/panel-page/solved.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as EventEnvelope);

function bench() {
  let seq = 0;
  const runs = createRuns();
  const happens = (runId: string, ...events: RunEvent[]) =>
    events.map((event) => {
      seq++;
      const envelope = { seq, at: new Date(seq * 1000).toISOString(), runId, event };
      runs.dispatch({ type: 'event', envelope });
      return envelope;
    });
  return { runs, happens };
}
const started = (task: string): RunEvent => ({ kind: 'run_started', task, level: 2, model: 'm' });
const finished: RunEvent = { kind: 'run_finished', stop: 'done', message: 'm' };

test('panel, review and status bar say the same of a run at every event', () => {
  const { runs } = bench();
  for (const envelope of solved) {
    runs.dispatch({ type: 'event', envelope });
    const [view, review, status] = [viewOf(runs.latest), reviewOf(runs.latest), statusOf(runs.latest)];
    assert.deepEqual([status.task, status.stop, review.runId], [view.run?.task, view.run?.end?.stop, view.run?.runId]);
    assert.equal(status.running, view.run?.end === null);
    assert.deepEqual(review.votes, view.ballot?.votes ?? []);
    const running = view.stages.find(({ state }) => state === 'running')?.name;
    assert.equal(running ?? status.stage, status.stage);
  }
  assert.ok(hasChanged(runs.latest));
});

test('a run whose sidecar died is not running, though its end is not told yet', () => {
  const { runs, happens } = bench();
  happens('r1', started('a'), { kind: 'stage_started', stage: 'plan', attempt: 1 });
  assert.deepEqual([isRunning(runs.latest), statusOf(runs.latest).stage], [true, 'plan']);
  runs.dispatch({ type: 'lost' });
  assert.deepEqual([isRunning(runs.latest), statusOf(runs.latest).stage], [false, undefined]);
  happens('r2', started('b'));
  assert.ok(isRunning(runs.latest));
});

test('an earlier run is shown beside the latest, hears what becomes of it, and gives way to a new one', () => {
  const { runs, happens } = bench();
  const first = happens('r1', started('a'), finished);
  happens('r2', started('b'));
  runs.show(first);
  happens('r2', finished);
  assert.deepEqual([runs.shown.run?.task, runs.latest.run?.end?.stop], ['a', 'done']);
  happens('r1', { kind: 'rolled_back', snapshotId: 's', reason: 'by the user', files: 1 });
  assert.equal(runs.shown.patch?.state, 'rolled_back');
  runs.show(undefined);
  assert.equal(runs.shown, runs.latest);
  runs.show(first);
  happens('r3', started('c'));
  assert.equal(runs.shown.run?.task, 'c');
});

test('who listens is told of what changed and of nothing else', () => {
  const { runs, happens } = bench();
  let heard = 0;
  runs.onDidChange(() => heard++);
  const [envelope] = happens('r1', started('a'));
  assert.equal(heard, 1);
  runs.dispatch({ type: 'event', envelope: envelope ?? assert.fail() });
  runs.dispatch({ type: 'document', path: 'none.js', text: '', saved: true });
  assert.equal(heard, 1);
});
