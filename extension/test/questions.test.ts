import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { createQuestions } from '../src/questions';

const asking = (askId: string) => ({
  options: [{ optionId: 'once', name: 'Run once', kind: 'allow_once' }],
  _meta: {
    codexSidecar: {
      v: 1,
      seq: 1,
      at: '',
      runId: 'r',
      event: { kind: 'permission_asked', askId, subject: 'command', risk: 'low', question: 'ls', reason: '' },
    },
  },
});

function bench() {
  const questions = createQuestions(
    () => false,
    () => undefined,
  );
  const { signal } = new AbortController();
  return { questions, signal, listeners: () => getEventListeners(signal, 'abort').length };
}

test('a question that is answered, replaced or withdrawn listens to its request no more', async () => {
  const { questions, signal, listeners } = bench();
  const first = questions.ask(asking('a1'), signal, '/w');
  assert.equal(listeners(), 1);
  questions.answer('a1', 'once');
  assert.deepEqual(await first, { optionId: 'once' });
  assert.equal(listeners(), 0);
  const second = questions.ask(asking('a2'), signal, '/w');
  const third = questions.ask(asking('a3'), signal, '/w');
  assert.equal(await second, undefined);
  assert.equal(listeners(), 1);
  questions.cancelAll();
  assert.equal(await third, undefined);
  const last = questions.ask(asking('a4'), signal, '/w');
  questions.dispose();
  assert.equal(await last, undefined);
  assert.equal(listeners(), 0);
});

test('a question whose request is cancelled is denied', async () => {
  const { questions } = bench();
  const cancelled = new AbortController();
  const answer = questions.ask(asking('a1'), cancelled.signal, '/w');
  cancelled.abort();
  assert.equal(await answer, undefined);
  assert.equal(questions.open, undefined);
});
