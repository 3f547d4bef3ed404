import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventEnvelope } from '../../src/generated/contracts';
import { gatherRun } from '../../src/sidecar/runEvents';

const event = (seq: number, runId: string): EventEnvelope => ({
  seq,
  at: '',
  runId,
  event: { kind: 'message_added', messageId: 'm', text: '' },
});

test('the events of one run are gathered in their order, also when the answer is handled before the last of them', async () => {
  const gathered = gatherRun('r1');
  [event(4, 'r1'), event(3, 'r1'), event(5, 'r2'), event(4, 'r1')].forEach((one) => {
    gathered.take(one);
  });
  const all = gathered.all(3, 60_000);
  gathered.take(event(9, 'r1'));
  assert.deepEqual(
    (await all).map(({ seq }) => seq),
    [3, 4, 9],
  );
});

test('those that never come are not waited for for ever', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const gathered = gatherRun('r1');
  gathered.take(event(1, 'r1'));
  const all = gathered.all(2, 2000);
  context.mock.timers.tick(2000);
  assert.equal((await all).length, 1);
});
