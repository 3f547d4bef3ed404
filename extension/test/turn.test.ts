import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurn } from '../src/turn';

/** A wait that the test ends. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

test('a second task is refused while the first still waits, and leaves the first its turn', async () => {
  const seen: boolean[] = [];
  const turn = createTurn(
    () => 'busy',
    (taken) => seen.push(taken),
  );
  const { open, opened } = gate();
  const first = turn.take(() => opened);
  turn.press();
  await assert.rejects(
    turn.take(() => assert.fail('it must not begin')),
    { message: 'busy' },
  );
  assert.ok(turn.taken);
  assert.ok(turn.stopPressed > 0, 'the Stop of the first task is not lost');
  open();
  await first;
  assert.ok(!turn.taken);
  assert.deepEqual(seen, [true, false]);
});

test('Stop is seen by the task that still starts, not by the next one', async () => {
  const turn = createTurn(
    () => 'busy',
    () => undefined,
  );
  const sent: string[] = [];
  const task = (name: string, started: Promise<void>) =>
    turn.take(async () => {
      await started;
      if (turn.stopPressed === 0) {
        sent.push(name);
      }
    });
  turn.press();
  const { open, opened } = gate();
  const stopped = task('stopped', opened);
  turn.press();
  open();
  await stopped;
  await task('next', Promise.resolve());
  assert.deepEqual(sent, ['next']);
});

test('a task that fails gives its turn back', async () => {
  const turn = createTurn(
    () => 'busy',
    () => undefined,
  );
  await assert.rejects(
    turn.take(() => Promise.reject(new Error('no sidecar'))),
    { message: 'no sidecar' },
  );
  assert.ok(!turn.taken);
});
