// Many clients at once, clients that do not read, clients that go: nothing grows, nothing stays. Linux, because /proc tells.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { bench, events, holds, post, runs, send, taskBody } from './serve.mjs';

const linux = { skip: process.platform !== 'linux' && 'reads /proc' };
const working = { args: ['--level', 'run_tests', '--consilium', 'off', '--allow-unsandboxed'] };
const MiB = 1 << 20;
/** npm run test:long does all of it, npm test a part. */
const isLong = process.env.CODEX_SIDECAR_TESTS_LONG === '1';
const [crowd, rounds] = isLong ? [200, 20] : [60, 4];
const rss = (pid) => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
/** Open sockets, pipes and files; libraries are loaded when they are first needed. */
const handles = (pid) => readdirSync(`/proc/${pid}/fd`).filter((name) => !link(`/proc/${pid}/fd/${name}`).endsWith('.dll')).length;
/** Looks again when a thread ends meanwhile: its children belong to another one then. */
function children(pid) {
  for (;;) {
    try {
      return readdirSync(`/proc/${pid}/task`).flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean));
    } catch (gone) {
      if (!['ENOENT', 'ESRCH'].includes(gone.code) || !existsSync(`/proc/${pid}`)) {
        throw gone;
      }
    }
  }
}
const large = 'src/large.txt';

function link(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '.dll'; // closed meanwhile
  }
}

/** A file of just under 1 MiB, the most that read_file takes in as a whole. */
const withLarge = (project) => writeFileSync(join(project.workspace, large), `${'x'.repeat(99)}\n`.repeat(10_000));

test(`${crowd} clients at once are all served, with bounded memory`, linux, () =>
  bench(working, async ({ project, server }) => {
    withLarge(project);
    const call = (name, body) => send(server, 'POST', `/tools/${name}`, { body });
    await call('read_file', { path: large });
    const before = rss(server.child.pid);
    const client = async (number) => {
      const calls = [
        () => call('read_file', { path: large }),
        () => call('read_file', { path: 'src/sums.js' }),
        () => call('list_dir', { path: '.' }),
        () => call('search', { query: 'export', globs: ['*.js'] }),
        () => call('git', { cmd: 'status' }),
      ];
      for (let times = 0; times < 5; times++) {
        const { status, text } = await calls[(number + times) % calls.length]();
        assert.ok(status === 200 || (status === 404 && text.includes('no git repository')), text.slice(0, 300));
      }
    };
    await Promise.all(Array.from({ length: crowd }, (_, number) => client(number)));
    const grown = rss(server.child.pid) - before;
    assert.ok(grown < 500 * MiB, `${Math.round(grown / MiB)} MiB more than before`);
    assert.deepEqual(runs(project), []);
  }));

test('clients that do not read their answers do not stall the others', linux, () =>
  bench(working, async ({ project, server }) => {
    withLarge(project);
    const body = JSON.stringify({ path: large });
    const head = `POST /tools/read_file HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${server.token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const slow = await Promise.all(
      Array.from({ length: 40 }, () => new Promise((resolve) => {
        const socket = net.connect(server.port, '127.0.0.1', () => {
          socket.pause();
          // Four requests down one pipe: more than fits into the buffers of the system.
          socket.write((head + body).repeat(4), () => resolve(socket));
        });
      })),
    );
    for (let times = 0; times < 20; times++) {
      assert.equal((await send(server, 'POST', '/tools/read_file', { body: { path: 'src/sums.js' } })).status, 200);
    }
    assert.ok(rss(server.child.pid) < 500 * MiB);
    slow.forEach((socket) => socket.destroy());
  }));

test('more calls than may wait are told to come back', linux, () =>
  bench(working, async ({ project, server }) => {
    const agent = new http.Agent({ maxSockets: Infinity });
    execFileSync('mkfifo', [join(project.workspace, 'pipe')]);
    const ask = () => new Promise((resolve) => {
      const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
      const request = http.request({ host: '127.0.0.1', port: server.port, method: 'POST', path: '/tools/shell', headers, agent }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', () => resolve('gone'));
      request.end(JSON.stringify({ command: 'cat pipe' }));
      all.push(request);
    });
    const all = [];
    const answers = Array.from({ length: 8 + 248 + 1 }, ask);
    // Nobody writes into the pipe, so only a refusal can come.
    assert.equal(await Promise.race(answers), 429);
    all.forEach((request) => request.destroy());
    await holds('the end of every command', () => children(server.child.pid).length === 0);
    assert.equal((await send(server, 'POST', '/tools/read_file', { body: { path: 'src/sums.js' } })).status, 200);
  }));

test(`${rounds * 50} aborted streams leave no run, process, file or handle behind`, linux, () =>
  bench({ ...working, script: { gate: 'plan' } }, async ({ project, server }) => {
    await send(server, 'GET', '/v1/models');
    const { pid } = server.child;
    const [memory, open] = [rss(pid), handles(pid)];
    for (let times = 0; times < rounds; times++) {
      const left = await Promise.all(Array.from({ length: 50 }, () => post(server, taskBody(), { until: (text) => text.includes('reasoning_content') })));
      assert.ok(left.every((one) => one.cut));
    }
    assert.equal(runs(project).length, 1);
    const [run] = runs(project);
    await holds('the cancelling', () => events(project, run).some((event) => event.kind === 'run_finished'), 60_000);
    assert.equal(events(project, run).at(-1).stop, 'cancelled');
    await holds('the closing of every connection', () => handles(pid) <= open + 8);
    assert.deepEqual(children(pid), []);
    assert.ok(rss(pid) - memory < 150 * MiB, `${Math.round((rss(pid) - memory) / MiB)} MiB more than before`);
    assert.deepEqual(readdirSync(join(project.home, 'state', 'locks')).filter((name) => name.endsWith('.tmp')), []);
  }));
