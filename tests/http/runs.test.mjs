// One task, one run, however often a client repeats its request; and how a run ends when its readers go.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { broken, repaired } from '../acp/project.mjs';
import { bench, events, hasBegun, holds, kinds, post, read, runs, send, solvedOnce, taskBody } from './serve.mjs';

const plain = ['--level', 'run_tests', '--consilium', 'off'];
const gated = { args: plain, script: { gate: 'plan' } };

test('a task is solved, streamed as progress and one report', () =>
  bench({}, async ({ project, server }) => {
    const { status, headers, chunks, contents, thoughts, finish, isDone, usage } = await post(server, taskBody({ stream_options: { include_usage: true } }));
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/event-stream');
    assert.deepEqual(chunks[0].choices[0].delta, { role: 'assistant', content: '' });
    assert.ok(thoughts.some((line) => line.startsWith('Stage 3 of 7: consilium')), thoughts.join(''));
    assert.equal(thoughts.filter((line) => /^(Director|Architect|Security|Qa|QA|Dev|Reviewer): approve 8\/10/.test(line)).length, 6);
    assert.ok(thoughts.every((line) => line.length <= 200 && line.endsWith('\n')));
    assert.equal(contents.length, 1);
    assert.ok(contents[0].length <= 1500);
    assert.match(contents[0], /src\/sums\.js \(\+3 -3\)/);
    assert.match(contents[0], new RegExp(`undo: codex-sidecar runs undo ${runs(project)[0]}`));
    assert.deepEqual([finish, isDone], [['stop'], true]);
    assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
    assert.ok(chunks.every((chunk) => (chunk.choices ?? []).every(({ delta }) => !(delta.content && delta.reasoning_content) && !('tool_calls' in delta))));
    solvedOnce(project);
  }));

test('without streaming the same answer comes as one JSON', () =>
  bench({ args: plain }, async ({ project, server }) => {
    const { status, text } = await post(server, taskBody({ stream: false }));
    const answer = JSON.parse(text);
    assert.equal(status, 200);
    assert.equal(answer.object, 'chat.completion');
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.match(answer.choices[0].message.content, /Run \d{8}-\d{6}-/);
    solvedOnce(project);
  }));

test('33 requests for one task at the same time are one run, and all get the whole answer', () =>
  bench(gated, async ({ project, server, open }) => {
    const all = Array.from({ length: 33 }, () => post(server, taskBody()));
    await holds('the run', () => runs(project).length === 1);
    await open('plan');
    const answers = await Promise.all(all);
    assert.equal(new Set(answers.map((answer) => answer.contents.join(''))).size, 1);
    assert.ok(answers.every((answer) => answer.isDone && answer.thoughts.join('') === answers[0].thoughts.join('')));
    solvedOnce(project);
  }));

test('who lost the connection and asks again gets everything from the start, and no second run', () =>
  bench(gated, async ({ project, server, open }) => {
    for (let times = 0; times < 5; times++) {
      const cut = await post(server, taskBody(), { until: hasBegun });
      assert.ok(cut.cut);
    }
    const whole = post(server, taskBody());
    await open('plan');
    const { contents, thoughts, isDone } = await whole;
    assert.ok(isDone);
    assert.equal(contents.length, 1);
    assert.equal(thoughts.filter((line) => line === 'Stage 1 of 7: analysis\n').length, 1);
    solvedOnce(project);
  }));

test('an answer that nobody got to its end is given again; one that was delivered is a new wish', () =>
  bench({ args: plain }, async ({ project, server }) => {
    const first = await post(server, taskBody(), { until: (text) => text.includes('Stage 4') });
    assert.ok(first.cut);
    await holds('the end', () => runs(project).length === 1 && kinds(project, runs(project)[0], 'run_finished').length === 1);
    const again = await post(server, taskBody());
    assert.ok(again.isDone);
    solvedOnce(project);

    const retried = await post(server, taskBody(), { headers: { 'x-stainless-retry-count': '1' } });
    assert.deepEqual(retried.contents, again.contents);
    assert.equal(runs(project).length, 1);

    await post(server, taskBody());
    assert.equal(runs(project).length, 2);
  }));

test('a run is cancelled by its path, and its reader is told in words', () =>
  bench(gated, async ({ project, server }) => {
    const reading = post(server, taskBody());
    await holds('the run', () => runs(project).length === 1 && kinds(project, runs(project)[0], 'stage_started').length > 0);
    const [run] = runs(project);
    const working = JSON.parse((await send(server, 'GET', `/runs/${run}`)).text);
    assert.deepEqual([working.runId, working.state], [run, 'running']);
    const cancelled = await send(server, 'POST', `/runs/${run}/cancel`, { body: {} });
    assert.deepEqual(JSON.parse(cancelled.text), { runId: run, cancelled: true });
    const { contents, finish, isDone } = await reading;
    assert.match(contents.join(''), /cancelled/i);
    assert.deepEqual([finish, isDone], [['stop'], true]);
    assert.deepEqual(kinds(project, run, 'run_finished').map((event) => event.stop), ['cancelled']);
    assert.equal(JSON.parse((await send(server, 'GET', `/runs/${run}`)).text).stop, 'cancelled');
    assert.equal(project.read(), broken);
  }));

test('the events of a run are those of its log', () =>
  bench({ args: plain }, async ({ project, server }) => {
    await post(server, taskBody());
    const [run] = runs(project);
    const { text, headers } = await send(server, 'GET', `/runs/${run}/events?after=2`);
    assert.equal(headers['content-type'], 'text/event-stream');
    const sent = read(text).chunks;
    assert.equal(sent[0].seq, 3);
    assert.deepEqual(sent.map((one) => one.event), events(project, run).slice(2));
    assert.equal((await send(server, 'GET', '/runs/nothing')).status, 404);
  }));

test('told to end, the server ends its runs and streams in words', { skip: process.platform === 'win32' && 'no signals' }, () =>
  bench(gated, async ({ project, server }) => {
    const reading = post(server, taskBody());
    await holds('the run', () => runs(project).length === 1 && kinds(project, runs(project)[0], 'stage_started').length > 0);
    assert.equal(await server.stop(), 0);
    const { contents, isDone } = await reading;
    assert.match(contents.join(''), /cancelled/i);
    assert.ok(isDone);
    assert.equal(project.read(), broken);
  }),
);

test('a task waits in its open stream while another run works in the folder', () =>
  bench(gated, async ({ project, server, start, open }) => {
    const other = await start();
    const first = post(server, taskBody());
    await holds('the run', () => runs(project).length === 1 && kinds(project, runs(project)[0], 'stage_started').length > 0);
    const [working] = runs(project);
    let seen;
    const waiting = new Promise((resolve) => (seen = resolve));
    const second = post(other, taskBody(), {
      until: (text) => {
        if (text.includes('waiting for run')) {
          seen();
        }
        return false;
      },
    });
    await Promise.race([waiting, second]);
    await open('plan');
    const answers = await Promise.all([first, second]);
    assert.ok(answers.every((answer) => answer.status === 200 && answer.isDone));
    assert.match(answers[1].thoughts[0], new RegExp(`waiting for run ${working}`));
    assert.equal(runs(project).length, 2);
    assert.equal(project.read(), repaired);
  }));

test('a killed server leaves a run that the next one closes', { skip: process.platform === 'win32' && 'no signals' }, () =>
  bench(gated, async ({ project, server, start, open }) => {
    const reading = post(server, taskBody()).catch(() => undefined);
    await holds('the run', () => runs(project).length === 1 && kinds(project, runs(project)[0], 'stage_started').length > 0);
    const [killed] = runs(project);
    await server.stop('SIGKILL');
    await reading;
    const next = await start();
    await open('plan');
    const again = await post(next, taskBody());
    assert.ok(again.isDone);
    assert.equal(runs(project).length, 2);
    assert.equal(kinds(project, killed, 'run_finished').at(-1)?.stop, 'interrupted');
    assert.equal(project.read(), repaired);
  }));

test('a model server that is down is an error in the stream, said once', () =>
  bench({ args: plain }, async ({ model, server }) => {
    await model.stop();
    const { status, error, isDone } = await post(server, taskBody());
    assert.equal(status, 200);
    assert.deepEqual([error.type, error.code], ['invalid_request_error', 'model_unavailable']);
    assert.ok(isDone);
  }));

test('a read-only server shows the patch and writes nothing', () =>
  bench({ args: ['--consilium', 'off'] }, async ({ project, server }) => {
    assert.equal(server.started.level, 'read_only');
    const { contents } = await post(server, taskBody());
    assert.match(contents[0], /```diff src\/sums\.js\n/);
    assert.match(contents[0], /^@@ -1,\d+ \+1,\d+ @@/m);
    assert.equal(project.read(), broken);
  }));

test('aborted streams leave no run, process or file behind', () =>
  bench(gated, async ({ project, server }) => {
    const many = 1000;
    for (let from = 0; from < many; from += 50) {
      await Promise.all(Array.from({ length: 50 }, () => post(server, taskBody(), { until: (text) => text.length > 0 })));
    }
    assert.equal(runs(project).length, 1);
    await holds('the cancelling', () => kinds(project, runs(project)[0], 'run_finished').length === 1, 40_000);
    assert.equal(kinds(project, runs(project)[0], 'run_finished')[0].stop, 'cancelled');
    assert.equal(project.read(), broken);
    if (process.platform === 'linux') {
      const sockets = () => readdirSync(`/proc/${server.child.pid}/fd`).length;
      await holds('the closing of the sockets', () => sockets() < 250, 10_000);
      const children = readFileSync(`/proc/${server.child.pid}/task/${server.child.pid}/children`, 'utf8').trim();
      assert.equal(children, '');
    }
    assert.equal((await send(server, 'GET', '/health', { token: null })).text, '{"ok":true}');
    assert.ok(!readdirSync(join(project.home, 'state')).some((name) => name.endsWith('.tmp')));
  }));

