import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { EventEnvelope } from '../../src/generated/contracts';
import { createEventOrder } from '../../src/sidecar/eventOrder';

const event = (seq: number): EventEnvelope => ({
  seq,
  at: '2026-01-01T00:00:00Z',
  runId: 'r',
  event: { kind: 'message_added', messageId: 'm', text: String(seq) },
});

function recorded() {
  const seen: number[] = [];
  const asked: number[] = [];
  const order = createEventOrder(
    ({ seq }) => seen.push(seq),
    (after) => asked.push(after),
  );
  return { seen, asked, order };
}

test('events are handed on once and in order, however they come', () => {
  const { seen, order } = recorded();
  [1, 3, 2, 2, 1, 5, 4].forEach((seq) => {
    order.take(event(seq));
  });
  assert.deepEqual(seen, [1, 2, 3, 4, 5]);
  assert.equal(order.last, 5);
});

test('a gap that stays is asked for once; one that closes is not', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { asked, order } = recorded();
  order.take(event(1));
  order.take(event(3));
  order.take(event(2));
  context.mock.timers.tick(1000);
  assert.deepEqual(asked, []);
  order.take(event(5));
  order.take(event(6));
  context.mock.timers.tick(1000);
  assert.deepEqual(asked, [3]);
});

test('who waits for an event gets it, or the time is up', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { order } = recorded();
  const reached = order.reached(2, 2000);
  order.take(event(1));
  order.take(event(2));
  await reached;
  const late = order.reached(9, 2000);
  context.mock.timers.tick(2000);
  await late;
});

test('who waits when all is over waits no more, and nothing is asked again', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { asked, order } = recorded();
  order.take(event(3));
  const waiting = order.reached(9, 2000);
  order.dispose();
  await waiting;
  context.mock.timers.tick(5000);
  assert.deepEqual(asked, []);
});

test('ten thousand events come in order', () => {
  const { seen, order } = recorded();
  for (let seq = 1; seq <= 10_000; seq++) {
    order.take(event(seq));
  }
  assert.equal(seen.length, 10_000);
  mock.reset();
});
