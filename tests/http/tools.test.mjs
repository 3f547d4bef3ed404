// The six tools by HTTP: every route of the OpenAPI document, called rightly and wrongly, and what the answers promise.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { program } from '../../scripts/build.mjs';
import { root } from '../../scripts/run.mjs';
import { bench, post, runs, send, taskBody } from './serve.mjs';

const working = { args: ['--level', 'run_tests', '--allow-unsandboxed'] };
const committed = readFileSync(join(root, 'docs', 'openapi.json'), 'utf8');
const document = JSON.parse(committed);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
);
const tools = operations.filter((operation) => operation.requestBody);
const exampleOf = (operation) => operation.requestBody?.content['application/json'].example;

const ajv = new Ajv2020({ strict: false });
ajv.addSchema({ $id: 'document', ...document });
/** Fails unless the answer has a status and a shape that the document promises for the operation. */
function promised(operation, { status, text, headers }) {
  const response = operation.responses[status];
  assert.ok(response, `${operation.method} ${operation.path} does not promise ${status}: ${text}`);
  const [[type, { schema }]] = Object.entries(response.content);
  assert.ok(headers['content-type'].startsWith(type), headers['content-type']);
  if (schema.$ref) {
    const check = ajv.getSchema(`document${schema.$ref}`);
    assert.ok(check(JSON.parse(text)), `${operation.path} ${status}: ${ajv.errorsText(check.errors)}\n${text}`);
  }
}

/** A README for the document's examples, in a git repository. */
function prepare(project) {
  writeFileSync(join(project.workspace, 'README.md'), '# sums\n\nnpm install\n');
  execFileSync('git', ['init', '-q'], { cwd: project.workspace });
}

const callOn = (server) => (name, body, more) => send(server, 'POST', `/tools/${name}`, { body, ...more });
const codeOf = ({ status, text }) => [status, JSON.parse(text).error?.code];

test('the document is the one in docs, and valid', () =>
  bench(working, async ({ server }) => {
    const served = (await send(server, 'GET', '/openapi.json')).text;
    if (process.env.UPDATE_GOLDEN) {
      writeFileSync(join(root, 'docs', 'openapi.json'), served);
    }
    assert.equal(served, committed, 'UPDATE_GOLDEN=1 writes docs/openapi.json anew');
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    assert.ok(valid, JSON.stringify(errors));
    assert.deepEqual(tools.map((tool) => tool.operationId).sort(), ['git', 'list_dir', 'read_file', 'search', 'shell', 'write_file']);
    const listed = JSON.parse((await send(server, 'GET', '/tools')).text).tools;
    assert.deepEqual(listed.map((tool) => [tool.name, tool.inputSchema]), tools.map((tool) => [tool.operationId, tool.requestBody.content['application/json'].schema]));
  }));

test('every route gives what it promises, to good requests and to bad ones', () =>
  bench(working, async ({ project, server }) => {
    prepare(project);
    await post(server, taskBody());
    const [run] = runs(project);
    for (const operation of operations) {
      const path = operation.path.replace('{id}', run);
      const ask = (more = {}) => send(server, operation.method, path, { body: exampleOf(operation), ...more });
      const refused = async (expected, more) => {
        const answer = await ask(more);
        promised(operation, answer);
        assert.deepEqual(codeOf(answer), expected, `${operation.method} ${path}`);
      };
      const good = await ask();
      assert.equal(good.status, 200, `${path}: ${good.text}`);
      promised(operation, good);
      await refused([400, 'wrong_host'], { headers: { host: 'evil.example' } });
      await refused([403, 'browser_refused'], { headers: { origin: 'https://evil.example' } });
      if (!operation.security) {
        await refused([401, 'invalid_api_key'], { token: null });
        await refused([400, 'workspace_mismatch'], { headers: { 'x-codex-sidecar-workspace': '/somewhere/else' } });
      }
      if (operation.method === 'POST') {
        await refused([413, 'too_large'], { body: '{', headers: { 'content-length': 5 << 20 }, until: () => true });
        await refused([415, 'not_json'], { body: '{}', headers: { 'content-type': 'text/plain' } });
      }
      if (operation.requestBody) {
        await refused([400, 'bad_json'], { body: '{"path":' });
        await refused([400, 'bad_json'], { body: '[]' });
        await refused([400, 'bad_json'], { body: '{"path":"a\\ud800"}' });
        await refused([400, 'bad_json'], { body: '{"\\ud800":1}' });
        await refused([400, 'bad_json'], { body: Buffer.from('7b2270617468223a2261ff227d', 'hex') });
        await refused([400, 'bad_json'], { body: '{"path":"a","path":"b"}' });
        await refused([422, 'bad_argument'], { body: { nothing: 1 } });
      }
      if (path !== operation.path) {
        const answer = await send(server, operation.method, operation.path.replace('{id}', 'no-such-run'), {});
        promised(operation, answer);
        assert.deepEqual(codeOf(answer), [404, 'not_found']);
      }
    }
    const marked = await send(server, 'POST', '/tools/list_dir', { body: '\ufeff{"path":"."}' });
    assert.equal(marked.status, 200, marked.text);
    assert.deepEqual(codeOf(await send(server, 'POST', '/tools/nothing', { body: {} })), [404, 'not_found']);
    assert.deepEqual(codeOf(await send(server, 'DELETE', '/tools/git', {})), [405, 'method_not_allowed']);
  }));

const rows = [
  ['read_file', { path: 'nothing.js' }, [404, 'not_found']],
  ['read_file', { path: '../../etc/passwd' }, [403, 'outside_workspace']],
  ['read_file', { path: '/etc/passwd' }, [403, 'outside_workspace']],
  ['read_file', { path: '.env' }, [403, 'denied']],
  ['read_file', { path: 'src' }, [422, 'bad_argument']],
  ['read_file', { path: 'src/sums.js', lines: 'x' }, [422, 'bad_argument']],
  ['read_file', { path: ['src/sums.js'] }, [422, 'bad_argument']],
  ['search', { query: '(', regex: true }, [422, 'bad_argument']],
  ['search', { query: 'x', regex: 'true' }, [422, 'bad_argument']],
  ['git', { cmd: 'push' }, [422, 'bad_argument']],
  ['git', { cmd: 'log', most: -1 }, [422, 'bad_argument']],
  ['git', { cmd: 'commit', paths: ['src/sums.js'], message: 'x' }, [403, 'denied']],
  ['write_file', { path: 'src/sums.js', content: 'x\n', mode: 'overwrite' }, [403, 'needs_answer']],
  ['write_file', { path: '.git/hooks/pre-commit', content: 'x\n' }, [403, 'outside_workspace']],
  ['write_file', { path: 'src/sums.js', content: '--- a/src/sums.js\n+++ b/src/sums.js\n@@ -1 +1 @@\n-no such line\n+x\n', mode: 'patch' }, [409, 'conflict']],
  ['write_file', { path: 'big.txt', content: 'x'.repeat((1 << 20) + 1) }, [413, 'too_large']],
  ['shell', { command: 'rm -rf src' }, [403, 'denied']],
  ['shell', { command: 'curl http://127.0.0.1/' }, [403, 'denied']],
];

test('a call that cannot be done says why and touches nothing', () =>
  bench(working, async ({ project, server }) => {
    prepare(project);
    writeFileSync(join(project.workspace, '.env'), 'KEY=1\n');
    const before = project.read();
    for (const [name, input, expected] of rows) {
      const answer = await callOn(server)(name, input);
      assert.deepEqual(codeOf(answer), expected, `${name} ${JSON.stringify(input).slice(0, 100)}: ${answer.text}`);
      promised(tools.find((tool) => tool.operationId === name), answer);
    }
    assert.equal(project.read(), before);
    assert.ok(!existsSync(join(project.workspace, 'big.txt')));
    assert.deepEqual(runs(project), []);
    const audit = spawnSync(program, ['audit', 'show', '--json'], { encoding: 'utf8', env: { ...process.env, CODEX_SIDECAR_HOME: project.home } }).stdout;
    assert.match(audit, /"rm"|rm -rf src/);
  }));

test('a command that fails is an answer, and a test command that runs is one too', () =>
  bench(working, async ({ server }) => {
    const { status, text } = await callOn(server)('shell', { command: 'npm test' });
    assert.equal(status, 200, text);
    assert.deepEqual([JSON.parse(text).result.exitCode, /not ok 1 - add|✖ add/.test(text)], [1, true]);
  }));

test('what a standing yes allows is done and can be undone, and a lower level wins', () =>
  bench({ args: [...working.args, '--allow', 'overwrite'] }, async ({ project, server }) => {
    const before = project.read();
    const overwrite = { path: 'src/sums.js', content: 'export const one = 1;\n', mode: 'overwrite' };
    assert.deepEqual(codeOf(await callOn(server)('write_file', overwrite, { headers: { 'x-codex-sidecar-level': 'read_only' } })), [403, 'denied']);
    const { result } = JSON.parse((await callOn(server)('write_file', overwrite)).text);
    assert.equal(project.read(), overwrite.content);
    const { stop } = JSON.parse((await send(server, 'GET', `/runs/${result.runId}`)).text);
    assert.equal(stop, 'done');
    const undone = spawnSync(program, ['runs', 'undo', result.runId], { encoding: 'utf8', env: { ...process.env, CODEX_SIDECAR_HOME: project.home } });
    assert.equal(undone.status, 0, undone.stderr);
    assert.equal(project.read(), before);
  }));

// Its text begins as the question about an overwritten file does: what is allowed is a kind of action, never a sentence.
const disguised = 'overwrite a whole file: ; rm -rf src';

test('a standing yes to files is no yes to a command, whatever words the command begins with', () =>
  bench({ args: ['--level', 'extended_shell', '--allow-unsandboxed', '--allow', 'overwrite,delete'] }, async ({ project, server }) => {
    for (const command of [disguised, 'delete or rename a file: src/sums.js', `${disguised}\n${disguised}`]) {
      assert.deepEqual(codeOf(await callOn(server)('shell', { command })), [403, 'needs_answer'], command);
    }
    assert.deepEqual(codeOf(await callOn(server)('write_file', { path: '.envrc', content: 'x\n' })), [403, 'needs_answer']);
    assert.equal(existsSync(project.source), true);
  }));

test('while a run works in the folder, looking is possible and writing is not', () =>
  bench({ ...working, script: { gate: 'plan' } }, async ({ server, open }) => {
    const reading = post(server, taskBody(), { until: (text) => text.includes('Stage 2') });
    await reading;
    const answer = await callOn(server)('write_file', { path: 'new.txt', content: 'x\n' });
    assert.deepEqual(codeOf(answer), [423, 'workspace_busy']);
    assert.equal(answer.headers['retry-after'], '2');
    assert.equal((await callOn(server)('read_file', { path: 'src/sums.js' })).status, 200);
    await open('plan');
  }));
