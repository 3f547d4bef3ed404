// The whole agent as one tool: progress, questions, cancelling, and how the program ends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { needsClient } from '../../scripts/testing/clients.mjs';
import { program } from '../../scripts/build.mjs';
import { broken, repaired, task } from '../acp/project.mjs';
import { bench, environment } from './client.mjs';

const text = (result) => result.content.map((part) => part.text).join('');
const yes = () => ({ action: 'accept', content: { allow: true } });

test('a task is solved, and each step is told on the way', needsClient('mcp'), () =>
  bench({}, async ({ project, start }) => {
    const { call } = await start({ level: 'run_tests', form: yes });
    const steps = [];
    const result = await call('solve_task', { task, files: ['src/sums.js'] }, { onprogress: (progress) => steps.push(progress) });
    assert.deepEqual([result.isError, result.structuredContent.end, result.structuredContent.tests], [false, 'done', 'passed'], text(result));
    assert.deepEqual(result.structuredContent.files, ['src/sums.js']);
    assert.equal(project.read(), repaired);
    assert.match(text(result), /runs undo/);
    const numbers = steps.map((step) => step.progress);
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    );
    for (const step of [/^Plan: /, /^Security: approve$/, /^Patch: src\/sums\.js$/, /^Tests passed$/]) {
      assert.ok(
        steps.some(({ message }) => step.test(message)),
        `${step} in ${JSON.stringify(steps)}`,
      );
    }
  }));

test('a call may lower the level: there is a plan and nothing is written', needsClient('mcp'), () =>
  bench({}, async ({ project, start }) => {
    const { call } = await start({ level: 'run_tests', form: yes });
    const result = await call('solve_task', { task, level: 'read_only' });
    assert.equal(result.structuredContent.end, 'forbidden');
    assert.match(text(result), /1\. Put the right operator/);
    assert.equal(project.read(), broken);
  }));

test('a call cannot raise the level', needsClient('mcp'), () =>
  bench({}, async ({ project, start }) => {
    const { call } = await start({ level: 'read_only', form: yes });
    await call('solve_task', { task, level: 'extended_shell' });
    assert.equal(project.read(), broken);
  }));

test('a cancelled call ends the run, and the next one works', needsClient('mcp'), () =>
  bench({ script: { gate: 'never' } }, async ({ project, start }) => {
    const { call } = await start({ level: 'run_tests' });
    const stop = new AbortController();
    const onprogress = ({ message }) => message === 'Plan' && stop.abort();
    await assert.rejects(call('solve_task', { task }, { onprogress, signal: stop.signal }));
    assert.equal(project.read(), broken);
    // The lock is free again as soon as the run has ended; until then the answer says who holds it.
    let written;
    do {
      written = await call('write_file', { path: 'new.txt', content: 'new\n' });
    } while (/Another run works/.test(text(written)));
    assert.equal(written.structuredContent.end, 'done', text(written));
  }));

/** The program under a hand that writes lines. */
function raw(project, url, ...more) {
  const child = spawn(program, ['mcp', '--workspace', project.workspace, ...more], { stdio: ['pipe', 'pipe', 'inherit'], env: environment(project, url) });
  const lines = [];
  const waiting = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line));
    waiting.splice(0).forEach((look) => look());
  });
  const seen = async (fits) => {
    while (!lines.some(fits)) {
      await new Promise((resolve) => waiting.push(resolve));
    }
    return lines.find(fits);
  };
  const send = (message) => child.stdin.write(`${typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const exit = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  const hello = async (protocolVersion) => {
    send({ id: 0, method: 'initialize', params: { protocolVersion, capabilities: {}, clientInfo: { name: 'hand', version: '1' } } });
    const { result } = await seen((line) => line.id === 0);
    send({ method: 'notifications/initialized' });
    return result;
  };
  return { child, lines, seen, send, exit, hello };
}

for (const version of ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']) {
  test(`a client of ${version} is spoken to in its own version`, () =>
    bench({}, async ({ project, model }) => {
      const hand = raw(project, model.url);
      assert.equal((await hand.hello(version)).protocolVersion, version);
      hand.send({ id: 1, method: 'tools/list' });
      assert.equal((await hand.seen((line) => line.id === 1)).result.tools.length, 7);
      hand.child.stdin.end();
      assert.equal(await hand.exit, 0);
    }));
}

test('lines that are no messages are answered or ignored, and the next call works', () =>
  bench({}, async ({ project, model }) => {
    const hand = raw(project, model.url);
    await hand.hello('2025-11-25');
    for (const line of ['', 'no json', '{}', '[]', '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":7}}', '{"jsonrpc":"2.0","id":6,"method":"tools/nothing"}']) {
      hand.send(line);
    }
    assert.equal((await hand.seen((line) => line.id === 6)).error.code, -32601);
    assert.ok((await hand.seen((line) => line.id === 5)).error);
    hand.send({ id: 7, method: 'tools/call', params: { name: 'read_file', arguments: { path: 'src/sums.js' } } });
    assert.equal(text((await hand.seen((line) => line.id === 7)).result), broken);
    hand.child.stdin.end();
    assert.equal(await hand.exit, 0);
  }));

for (const way of ['its input ends', 'it is told to end']) {
  test(`the program ends with 0 when ${way} while the model works`, { skip: process.platform === 'win32' && 'no signals' }, () =>
    bench({ script: { gate: 'never' } }, async ({ project, model }) => {
      const hand = raw(project, model.url, '--level', 'run_tests');
      await hand.hello('2025-11-25');
      hand.send({ id: 1, method: 'tools/call', params: { name: 'solve_task', arguments: { task }, _meta: { progressToken: 1 } } });
      await hand.seen((line) => line.params?.message === 'Plan');
      if (way === 'its input ends') {
        hand.child.stdin.end();
      } else {
        hand.child.kill('SIGTERM');
      }
      assert.equal(await hand.exit, 0);
      assert.equal(project.read(), broken);
    }));
}
