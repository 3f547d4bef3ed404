// MCP over HTTP: `codex-sidecar serve` under the inspector's command line and the official client.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import test from 'node:test';
import { needsClient } from '../../scripts/testing/clients.mjs';
import { broken } from '../acp/project.mjs';
import { bench, runs, send } from '../http/serve.mjs';
import { conformance, connectOver, inspectOver, withToken } from './client.mjs';

const working = { args: ['--level', 'run_tests', '--allow-unsandboxed'] };
const names = ['git', 'list_dir', 'read_file', 'search', 'shell', 'solve_task', 'write_file'];
const mcp = (server) => server.url.replace('/v1', '/mcp');
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
const accept = { accept: 'application/json, text/event-stream' };

test('the inspector lists the tools and calls one', needsClient('mcp'), () =>
  bench(working, async ({ server }) => {
    const listed = await inspectOver(mcp(server), server.token, '--method', 'tools/list', '--strict');
    assert.equal(listed.status, 0, listed.err);
    assert.deepEqual(listed.result.tools.map((tool) => tool.name).sort(), names);
    const read = await inspectOver(mcp(server), server.token, '--method', 'tools/call', '--tool-name', 'read_file', '--tool-arg', 'path=src/sums.js');
    assert.equal(read.status, 0, read.err);
    assert.equal(read.result.content[0].text, broken);
  }));

test('the official client calls tools; what would be asked is refused; solve_task tells its progress', needsClient('mcp'), () =>
  bench({ ...working, args: [...working.args, '--consilium', 'off'] }, async ({ project, server }) => {
    const { call, close } = await connectOver(mcp(server), server.token);
    try {
      const made = await call('write_file', { path: 'new.txt', content: 'x\n' });
      assert.equal(made.structuredContent.ok, true, made.content[0].text);
      const refused = await call('write_file', { path: 'src/sums.js', content: 'x\n' });
      assert.deepEqual([refused.isError, refused.structuredContent.end], [true, 'refused']);
      assert.match(refused.content[0].text, /nobody can be asked/);
      assert.equal(project.read(), broken);

      const steps = [];
      const solved = await call('solve_task', { task: 'add and twice give wrong results; repair all of src/sums.js.' }, { onprogress: ({ message }) => steps.push(message), timeout: 60_000 });
      assert.equal(solved.structuredContent.end, 'done', solved.content[0].text);
      assert.ok(steps.some((step) => step.startsWith('Plan: ')), steps.join('\n'));
    } finally {
      await close();
    }
  }));

test('a client that leaves in the middle of a task cancels it', () =>
  bench({ args: ['--level', 'run_tests', '--consilium', 'off'], script: { gate: 'plan' } }, async ({ project, server }) => {
    const body = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'solve_task', arguments: { task: 'repair src/sums.js' }, _meta: { progressToken: 't' } } };
    const left = await send(server, 'POST', '/mcp', { body, headers: accept, until: (text) => text.includes('notifications/progress') });
    assert.ok(left.cut);
    const [run] = runs(project);
    const { text } = await send(server, 'GET', `/runs/${run}/events`);
    assert.equal(JSON.parse(text.trim().split('\n').at(-1).slice(6)).event.stop, 'cancelled');
    assert.equal(project.read(), broken);
  }));

test('it is behind the same guards as every path', () =>
  bench(working, async ({ server }) => {
    for (const [more, status] of [
      [{ token: null }, 401],
      [{ headers: { ...accept, host: 'evil.example' } }, 400],
      [{ headers: { ...accept, origin: 'https://evil.example' } }, 403],
      [{ headers: { ...accept, 'content-type': 'text/plain' } }, 415],
    ]) {
      assert.equal((await send(server, 'POST', '/mcp', { body: list, headers: accept, ...more })).status, status);
    }
    assert.equal((await send(server, 'POST', '/mcp', { body: list, headers: accept })).status, 200);
    assert.equal((await send(server, 'GET', '/mcp', { headers: accept })).status, 405);
  }));

// docs/mcp.md says why the other scenarios do not apply.
test('the conformance scenarios that apply pass', { timeout: 120_000, ...needsClient('mcp') }, () =>
  bench(working, async ({ project, server }) => {
    await withToken(server.port, server.token, async (url) => {
      for (const scenario of ['server-initialize', 'logging-set-level', 'ping', 'tools-list']) {
        const child = spawn(process.execPath, [conformance(), 'server', '--url', url, '--scenario', scenario], { cwd: project.folder });
        let said = '';
        child.stdout.on('data', (piece) => (said += piece));
        child.stderr.on('data', (piece) => (said += piece));
        const status = await new Promise((resolve) => child.once('close', resolve));
        assert.equal(status, 0, `${scenario}: ${said}`);
      }
    });
  }));

const callOf = (name, args) => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } });
const said = (text) => JSON.parse(text.split('\n').find((line) => line.startsWith('data: ')).slice(6));

test('a request may lower its level, and a standing yes holds here too', () =>
  bench({ args: [...working.args, '--allow', 'overwrite'] }, async ({ project, server }) => {
    const ask = (level, args) => send(server, 'POST', '/mcp', { body: callOf('write_file', args), headers: { ...accept, ...(level ? { 'x-codex-sidecar-level': level } : {}) } });
    const lowered = said((await ask('read_only', { path: 'new.txt', content: 'x\n' })).text);
    assert.deepEqual([lowered.result.isError, lowered.result.structuredContent.end], [true, 'refused']);
    const wrong = await ask('highest', { path: 'new.txt', content: 'x\n' });
    assert.deepEqual([wrong.status, JSON.parse(wrong.text).error.code], [400, 'bad_level']);
    const done = said((await ask('extended_shell', { path: 'src/sums.js', content: 'x\n', mode: 'overwrite' })).text);
    assert.equal(done.result.structuredContent.ok, true, JSON.stringify(done.result));
    assert.equal(project.read(), 'x\n');
  }));

test('a standing yes to files is no yes to a command that begins with the same words', () =>
  bench({ args: ['--level', 'extended_shell', '--allow-unsandboxed', '--allow', 'overwrite'] }, async ({ project, server }) => {
    const body = callOf('shell', { command: 'overwrite a whole file: ; rm -rf src' });
    const { result } = said((await send(server, 'POST', '/mcp', { body, headers: accept })).text);
    assert.deepEqual([result.isError, result.structuredContent.end], [true, 'refused'], JSON.stringify(result));
    assert.equal(project.read(), broken);
  }));
