// The tools for other programs: the inspector's command line and the official client.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { needsClient } from '../../scripts/testing/clients.mjs';
import { program } from '../../scripts/build.mjs';
import { broken } from '../acp/project.mjs';
import { bench, environment, inspect } from './client.mjs';

const names = ['read_file', 'write_file', 'list_dir', 'search', 'git', 'shell', 'solve_task'];
const text = (result) => result.content.map((part) => part.text).join('');

test('the inspector finds seven tools whose schemas every client can use', needsClient('mcp'), () =>
  bench({}, async ({ project, model }) => {
    const { status, err, result } = await inspect(project, model.url, 'read_only', '--method', 'tools/list', '--strict');
    assert.equal(status, 0, err);
    assert.deepEqual(
      result.tools.map((tool) => tool.name),
      names,
    );
    for (const { name, annotations } of result.tools) {
      const reads = ['read_file', 'list_dir', 'search'].includes(name);
      assert.deepEqual([annotations.readOnlyHint, annotations.destructiveHint, annotations.openWorldHint], [reads, !reads, false], name);
    }
  }));

test('the inspector calls a tool, and tells a failed call by its exit code', needsClient('mcp'), () =>
  bench({}, async ({ project, model }) => {
    const call = (...args) => inspect(project, model.url, 'read_only', '--method', 'tools/call', ...args);
    const read = await call('--tool-name', 'read_file', '--tool-arg', 'path=src/sums.js');
    assert.deepEqual([read.status, text(read.result), read.result.structuredContent.end], [0, broken, 'done'], read.err);
    const missing = await call('--tool-name', 'read_file', '--tool-arg', 'path=src/none.js');
    assert.deepEqual([missing.status, text(missing.result)], [5, 'src/none.js does not exist.']);
  }));

test('each tool does its work, and what it changed can be undone', needsClient('mcp'), () =>
  bench({}, async ({ project, model, start }) => {
    spawnSync('git', ['init', '-q', project.workspace]);
    const { call } = await start({ level: 'run_tests', form: () => ({ action: 'accept', content: { allow: true } }) });
    assert.equal(text(await call('read_file', { path: 'src/sums.js' })), broken);
    assert.match(text(await call('list_dir', {})), /^src\/$/m);
    assert.match(text(await call('search', { query: 'a - b' })), /^src\/sums\.js:2: /);
    assert.match(text(await call('git', { cmd: 'status' })), /src/);
    const ran = await call('shell', { command: 'ls src' });
    assert.deepEqual([ran.structuredContent.exitCode, text(ran).split('\n')[0]], [0, 'sums.js']);
    const written = await call('write_file', { path: 'new.txt', content: 'new\n' });
    assert.ok(existsSync(join(project.workspace, 'new.txt')), text(written));
    const undone = spawnSync(program, ['runs', 'undo', written.structuredContent.undo], { encoding: 'utf8', env: environment(project, model.url) });
    assert.equal(undone.status, 0, undone.stderr);
    assert.ok(!existsSync(join(project.workspace, 'new.txt')));
  }));

test('what a tool gives is cut to what a model can take, with words how to get more', needsClient('mcp'), () =>
  bench({}, async ({ project, start }) => {
    const lines = Array.from({ length: 300_000 }, (_, at) => `${at + 1}: a long story in many words\n`);
    writeFileSync(join(project.workspace, 'log.txt'), lines.join(''));
    mkdirSync(join(project.workspace, 'many'));
    for (let at = 0; at < 1_900; at++) {
      writeFileSync(join(project.workspace, 'many', `a-file-with-a-rather-long-name-${at}.txt`), '');
    }
    const { call } = await start();
    const first = await call('read_file', { path: 'log.txt' });
    assert.ok(text(first).length < 33_000 && first.structuredContent.text.length < 33_000);
    const [, range] = text(first).match(/\[lines 1-\d+ of 300000; ask for more by "lines": "(\d+-\d+)"\]$/);
    const next = text(await call('read_file', { path: 'log.txt', lines: range }));
    assert.ok(next.startsWith(lines[parseInt(range, 10) - 1]), next.slice(0, 100));
    const listed = text(await call('list_dir', { path: 'many' }));
    assert.ok(listed.length < 33_000);
    assert.match(listed, /\[\d+ of 1900 entries left out; /);
  }));

test('what goes wrong is told to the model in words it can use', needsClient('mcp'), () =>
  bench({}, async ({ project, start }) => {
    const { call } = await start();
    const ends = async (name, input) => {
      const result = await call(name, input);
      return [result.isError, result.structuredContent.end];
    };
    assert.deepEqual(await ends('read_file', { path: '../outside' }), [true, 'refused']);
    assert.deepEqual(await ends('read_file', { path: 'none' }), [true, 'failed']);
    assert.deepEqual(await ends('search', { query: '(', regex: true }), [true, 'not_usable']);
    assert.deepEqual(await ends('write_file', { path: 'src/sums.js', content: '' }), [true, 'refused']);
    assert.deepEqual(await ends('solve_task', { task: ' ' }), [true, 'refused']);
    await assert.rejects(call('rm', {}), /There is no tool 'rm'; the tools are read_file/);
    assert.equal(project.read(), broken);
  }));

const overwrite = { path: 'src/sums.js', content: 'nothing\n' };

test('a question is put to the person behind the client, and their answer counts', needsClient('mcp'), () =>
  bench({}, async ({ project, start }) => {
    const asked = [];
    let answer = { action: 'decline' };
    const form = (params) => {
      asked.push(params);
      return answer;
    };
    const { call } = await start({ level: 'safe_write', form });
    const no = await call('write_file', overwrite);
    assert.equal(no.structuredContent.end, 'refused');
    assert.match(text(no), /said no/);
    assert.equal(project.read(), broken);
    answer = { action: 'accept', content: { allow: false } };
    assert.equal((await call('write_file', overwrite)).structuredContent.end, 'refused');
    answer = { action: 'accept', content: { allow: true } };
    assert.equal((await call('write_file', overwrite)).structuredContent.end, 'done');
    assert.equal(project.read(), overwrite.content);
    assert.equal(asked.length, 3);
    assert.match(asked[0].message, /src\/sums\.js/);
  }));

test('where nobody can be asked the answer is no, with the reason', needsClient('mcp'), () =>
  bench({}, async ({ project, start }) => {
    const { call } = await start({ level: 'safe_write' });
    const refused = await call('write_file', overwrite);
    assert.match(text(refused), /nobody can be asked here/);
    assert.equal(project.read(), broken);
  }));

test('twenty calls at once are all answered, and only one of the writers at a time', needsClient('mcp'), () =>
  bench({}, async ({ start }) => {
    const { call } = await start({ level: 'safe_write' });
    const reads = Array.from({ length: 16 }, () => call('read_file', { path: 'src/sums.js' }));
    const writes = Array.from({ length: 4 }, (_, i) => call('write_file', { path: `new${i}.txt`, content: 'new\n' }));
    assert.ok((await Promise.all(reads)).every((result) => text(result) === broken));
    for (const result of await Promise.all(writes)) {
      assert.ok(result.structuredContent.end === 'done' || /Another run works/.test(text(result)), text(result));
    }
  }));

test('a workspace that is not there is said at the start', () =>
  bench({}, async ({ project, model }) => {
    writeFileSync(join(project.folder, 'file'), '');
    const { status, stdout, stderr } = spawnSync(program, ['mcp', '--workspace', join(project.folder, 'file')], { encoding: 'utf8', env: environment(project, model.url) });
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /The workspace folder does not exist/);
  }));
