// What every request has to pass, and how a refusal looks.
import assert from 'node:assert/strict';
import { readFileSync, statSync, symlinkSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { startProgram } from '../acp/agent.mjs';
import { bench, post, runs, send, taskBody } from './serve.mjs';

const idle = { args: ['--consilium', 'off'] };
const key = 'CODEX_SIDECAR_HTTP_TOKEN';

test('the first line says where and how it serves; the token is for the user alone', () =>
  bench(idle, async ({ project, server }) => {
    assert.deepEqual(Object.keys(server.started).sort(), ['level', 'root', 'tokenFile', 'url']);
    assert.match(server.started.url, /^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    assert.equal(server.started.root, project.workspace);
    assert.equal(server.started.level, 'read_only');
    assert.ok(server.token.length > 60);
    if (process.platform !== 'win32') {
      assert.equal(statSync(server.started.tokenFile).mode & 0o777, 0o600);
    }
  }));

const rows = [
  ['no token', { token: null }, 401, 'invalid_api_key'],
  ['a wrong token', { token: 'sk-wrong' }, 401, 'invalid_api_key'],
  ['an empty Bearer', { token: null, headers: { authorization: 'Bearer ' } }, 401, 'invalid_api_key'],
  ['a foreign Host', { headers: { host: 'evil.example:80' } }, 400, 'wrong_host'],
  ['a name that points here', { headers: { host: '127.0.0.1.nip.example' } }, 400, 'wrong_host'],
  ['a foreign port in Host', { headers: { host: '127.0.0.1:1' } }, 400, 'wrong_host'],
  ['an Origin', { headers: { origin: 'https://evil.example' } }, 403, 'browser_refused'],
  ['the Origin null', { headers: { origin: 'null' } }, 403, 'browser_refused'],
  ['another content type', { headers: { 'content-type': 'text/plain' } }, 415, 'not_json'],
  ['another workspace', { headers: { 'x-codex-sidecar-workspace': '/somewhere/else' } }, 400, 'workspace_mismatch'],
  ['an unknown level', { headers: { 'x-codex-sidecar-level': 'god' } }, 400, 'bad_level'],
  ['no JSON', { body: '{"model":' }, 400, 'bad_json'],
  ['a list', { body: '[]' }, 400, 'bad_json'],
  ['a name twice', { body: '{"model":"a","model":"b"}' }, 400, 'bad_json'],
  ['no messages', { body: { model: 'codex-sidecar' } }, 400, 'bad_messages'],
  ['messages that are no list', { body: { model: 'codex-sidecar', messages: {} } }, 400, 'bad_messages'],
  ['a message that is none', { body: { model: 'codex-sidecar', messages: [7] } }, 400, 'bad_messages'],
  ['no text of the user', { body: { model: 'codex-sidecar', messages: [{ role: 'system', content: 'hello' }] } }, 400, 'no_user_text'],
  ['two answers', { body: taskBody({ n: 2 }) }, 400, 'one_answer_only'],
  ['another model', { body: taskBody({ model: 'gpt-4' }) }, 404, 'model_not_found'],
  ['a picture', { body: taskBody({ messages: [{ role: 'user', content: [{ type: 'text', text: 'see' }, { type: 'image_url', image_url: { url: 'data:' } }] }] }) }, 400, 'image_unsupported'],
];

test('each refusal has its status, one shape, and starts nothing', () =>
  bench(idle, async ({ project, server, asked }) => {
    for (const [what, options, status, code] of rows) {
      const answer = await post(server, options.body ?? taskBody(), options).catch((fault) => assert.fail(`${what}: ${fault.message}`));
      assert.equal(answer.status, status, `${what}: ${answer.text}`);
      const { error } = JSON.parse(answer.text);
      assert.deepEqual(Object.keys(error).sort(), ['code', 'message', 'param', 'type'], what);
      assert.deepEqual([error.type, error.code], ['invalid_request_error', code], what);
      assert.ok(!/server_error|overloaded|aborted|premature close|socket hang up/.test(answer.text), `${what}: would be repeated`);
      assert.ok(!answer.text.includes(server.token) && !answer.text.includes(project.folder) && !/\n\s+at |Exception/.test(answer.text), what);
      assert.ok(!Object.keys(answer.headers).some((name) => name.startsWith('access-control')), what);
    }
    assert.deepEqual([runs(project), asked()], [[], []]);
  }));

test('a body over 4 MiB is refused, told by its length or not', () =>
  bench(idle, async ({ server }) => {
    const big = Buffer.alloc((4 << 20) + 1, 32);
    // The server may close while the rest is still being sent.
    const told = await post(server, big).catch((fault) => ({ status: fault.code }));
    assert.ok([413, 'EPIPE', 'ECONNRESET'].includes(told.status), String(told.status));
    const status = await new Promise((resolve) => {
      const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
      const request = http.request({ host: '127.0.0.1', port: server.port, method: 'POST', path: '/v1/chat/completions', headers, agent: false }, (response) => resolve(response.statusCode));
      request.on('error', (fault) => resolve(fault.code));
      request.write(big);
      request.end();
    });
    assert.ok([413, 'EPIPE', 'ECONNRESET'].includes(status), String(status));
    assert.equal((await send(server, 'GET', '/health', { token: null })).status, 200);
  }));

test('the health needs no token and says nothing else; paths that are not there are JSON too', () =>
  bench(idle, async ({ server }) => {
    const health = await send(server, 'GET', '/health', { token: null });
    assert.deepEqual([health.status, health.text], [200, '{"ok":true}']);
    assert.equal((await send(server, 'GET', '/health', { token: null, headers: { host: 'evil.example' } })).status, 400);
    assert.equal((await send(server, 'GET', '/v1/models', { token: null })).status, 401);
    const models = JSON.parse((await send(server, 'GET', '/v1/models', { token: null, headers: { 'api-key': server.token } })).text);
    assert.deepEqual(models.data.map((model) => [model.id, model.owned_by]), ['codex-sidecar', 'codex-sidecar-plan', 'codex-sidecar-chat'].map((id) => [id, 'codex-sidecar']));
    assert.equal((await send(server, 'GET', '/v1/models/codex-sidecar-plan')).status, 200);
    const gone = ['/v1/nothing', '/nothing', '/v1/models/gpt-4', '/v1/responses'];
    for (const path of gone) {
      const answer = await send(server, path === '/v1/responses' ? 'POST' : 'GET', path, path === '/v1/responses' ? { body: {} } : {});
      assert.equal(answer.status, 404, path);
      assert.ok(JSON.parse(answer.text).error.message.length > 10);
    }
    for (const method of ['DELETE', 'OPTIONS']) {
      const answer = await send(server, method, '/v1/chat/completions');
      assert.equal(answer.status, 405);
      assert.equal(JSON.parse(answer.text).error.code, 'method_not_allowed');
    }
  }));

test('a workspace named through a link is the same workspace; a level can be lowered only', () =>
  bench({ args: ['--level', 'safe_write', '--consilium', 'off'] }, async ({ project, server }) => {
    const link = join(project.folder, 'link');
    symlinkSync(project.workspace, link, 'junction');
    const lowered = await post(server, taskBody(), { headers: { 'x-codex-sidecar-workspace': link, 'x-codex-sidecar-level': 'read_only' } });
    assert.match(lowered.contents[0], /```diff src\/sums\.js/);
    const raised = await post(server, taskBody({ messages: [{ role: 'user', content: 'Repair src/sums.js; add and twice are wrong.' }] }), { headers: { 'x-codex-sidecar-level': 'extended_shell' } });
    assert.equal(raised.status, 200);
    assert.ok(raised.thoughts.every((line) => !line.startsWith('Tests:')), 'safe_write runs no tests');
  }));

test('the token stays the same until a new one is asked for; one from the environment is no file', () =>
  bench(idle, async ({ server, start }) => {
    const second = await start('--consilium', 'off');
    assert.equal(second.token, server.token);
    const third = await start('--new-token');
    assert.notEqual(third.token, server.token);
    process.env[key] = 'short';
    try {
      await assert.rejects(start('--consilium', 'off'), /at least 16 characters/);
    } finally {
      delete process.env[key];
    }
  }));

test('a taken port is said in one sentence', () =>
  bench(idle, async ({ server, start }) => {
    await assert.rejects(start('--port', String(server.port)), /is taken/);
  }));

test('an editor that starts the program loads nothing of the web server', { skip: process.platform !== 'linux' && 'only /proc tells' }, () =>
  bench(idle, async ({ project, model, server }) => {
    const loaded = (id) => /AspNetCore/.test(readFileSync(`/proc/${id}/maps`, 'utf8'));
    assert.ok(loaded(server.child.pid));
    const { child, exit, output } = startProgram(project, model.url);
    try {
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: 1, clientCapabilities: {} } })}\n`);
      await new Promise((resolve) => output.once('data', resolve));
      assert.ok(!loaded(child.pid));
    } finally {
      child.kill('SIGKILL');
      await exit;
    }
  }));
