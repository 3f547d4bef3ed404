// What takes real seconds, in a file of its own: it waits while others work. The clock itself is tested by GraceSpecs.
import assert from 'node:assert/strict';
import test from 'node:test';
import { broken } from '../acp/project.mjs';
import { bench, hasBegun, holds, kinds, post, runs, solvedOnce, taskBody } from './serve.mjs';

const gated = { args: ['--level', 'run_tests', '--consilium', 'off'], script: { gate: 'plan' } };

test('a silent run gives a sign of life every ten seconds, to streams as a comment and to the others as a blank', () =>
  bench(gated, async ({ project, server, open }) => {
    let [streamed, whole] = [false, false];
    const both = [
      post(server, taskBody(), { until: (text) => void (streamed ||= text.includes(': keep-alive\n\n')) }),
      post(server, taskBody({ stream: false }), { until: (text) => void (whole ||= /^ +$/.test(text)) }),
    ];
    await holds('the signs of life', () => streamed && whole, 40_000);
    await open('plan');
    const [stream, one] = await Promise.all(both);
    assert.ok(!stream.text.includes(': ping'));
    assert.equal(JSON.parse(one.text).choices[0].message.content, stream.contents.join(''));
    solvedOnce(project);
  }));

test('a run without readers is cancelled after the grace', () =>
  bench(gated, async ({ project, server }) => {
    await post(server, taskBody(), { until: hasBegun });
    const left = performance.now();
    await holds('the cancelling', () => kinds(project, runs(project)[0], 'run_finished').length === 1, 40_000);
    assert.ok(performance.now() - left > 14_000, 'longer than clients wait before they come back');
    assert.equal(kinds(project, runs(project)[0], 'run_finished')[0].stop, 'cancelled');
    assert.equal(project.read(), broken);
    // The same words are a new task then, not the old "Cancelled."; it may have to wait until the old one has left the folder.
    await post(server, taskBody(), { until: (text) => text.includes('Stage 1') });
    assert.equal(runs(project).length, 2);
  }));


test('a chat in one piece that fails late has a body in which clients find no answer', () => {
  const reply = { gates: { '-1': 'late' }, status: 400, text: 'The prompt is too long.' };
  return bench({ args: gated.args, rules: [{ last: 'Name a color.', reply }] }, async ({ server, open }) => {
    let isOpen = false;
    const body = { model: 'codex-sidecar-chat', messages: [{ role: 'user', content: 'Name a color.' }] };
    const answer = await post(server, body, {
      until: (text) => {
        // The first blank: the status has gone out.
        if (text === ' ' && !isOpen) {
          isOpen = true;
          void open('late');
        }
        return false;
      },
    });
    const { choices, error } = JSON.parse(answer.text);
    assert.deepEqual([answer.status, choices, error.code], [200, [], 'context_length_exceeded']);
  });
});
