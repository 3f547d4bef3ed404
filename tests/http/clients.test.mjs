// Clients that are not ours, as their users get them: Continue's command line `cn` and OpenAI's library.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { program } from '../../scripts/build.mjs';
import { root } from '../../scripts/run.mjs';
import { clientFile, needsClient } from '../../scripts/testing/clients.mjs';
import { broken, repaired, task } from '../acp/project.mjs';
import { bench, events, holds, runs } from './serve.mjs';

const plain = ['--level', 'run_tests', '--consilium', 'off'];
const gated = { args: plain, script: { gate: 'plan' } };

/** The documented configuration, with this test's token, folder and ports in it. */
function configuration(project, server, modelUrl, { port = server.port, name = 'continue-agent' } = {}) {
  const file = join(project.folder, 'config.yaml');
  const text = readFileSync(join(root, 'samples', 'clients', `${name}.yaml`), 'utf8');
  writeFileSync(
    file,
    text
      .replaceAll('PASTE-THE-TOKEN', server.token)
      .replaceAll('/path/of/this/project', project.workspace)
      .replaceAll('http://127.0.0.1:8765/', `http://127.0.0.1:${port}/`)
      .replaceAll('http://127.0.0.1:8080/v1', modelUrl),
  );
  return file;
}

/** `cn -p`, with a home of its own: nothing of the user's is read or changed. */
function cn(project, config, words) {
  const home = join(project.folder, 'cn');
  mkdirSync(home, { recursive: true });
  const child = spawn(process.execPath, [clientFile('chat', '@continuedev', 'cli', 'dist', 'cn.js'), '--config', config, '-p', words], {
    cwd: project.workspace,
    env: { PATH: process.env.PATH, HOME: home, USERPROFILE: home, CONTINUE_GLOBAL_DIR: home, CONTINUE_TELEMETRY_ENABLED: '0', NO_PROXY: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  return { child, ended: new Promise((resolve) => child.once('close', (status) => resolve({ status, out, err }))) };
}

/** Passes bytes on to the server and cuts the first connections after some of the answer. */
async function cutting(port, times, after) {
  let cuts = 0;
  const proxy = net.createServer((client) => {
    const server = net.connect(port, '127.0.0.1');
    let seen = '';
    // The server answers to its own name only.
    const named = (data) => data.toString('latin1').replace(`127.0.0.1:${proxy.address().port}`, `127.0.0.1:${port}`);
    client.on('data', (data) => server.write(named(data), 'latin1'));
    client.on('end', () => server.end());
    server.on('data', (data) => {
      client.write(data);
      seen += data;
      if (cuts < times && seen.includes(after)) {
        cuts++;
        client.destroy();
        server.destroy();
      }
    });
    server.on('end', () => client.end());
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
    client.on('close', () => server.destroy());
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return { port: proxy.address().port, cuts: () => cuts, close: () => proxy.close() };
}

function repository(project) {
  const git = (...args) => {
    const { status, stdout, stderr } = spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: project.workspace, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  };
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 't');
  git('config', 'user.email', 't@example.org');
  git('add', '-A');
  git('commit', '-qm', 'before');
  return git;
}

test('cn solves a task with the documented configuration', needsClient('chat'), () =>
  bench({}, async ({ project, model, server }) => {
    const { status, out, err } = await cn(project, configuration(project, server, model.url), task).ended;
    assert.equal(status, 0, err + out);
    assert.equal(project.read(), repaired);
    assert.equal(runs(project).length, 1);
    assert.match(out, new RegExp(`undo: codex-sidecar runs undo ${runs(project)[0]}`));
  }));

test('cn that comes back after cut connections gets one run, one patch, one commit', needsClient('chat'), () =>
  bench({ args: ['--level', 'git_commit', '--consilium', 'off', '--commit', 'auto'], script: { gate: 'plan' } }, async ({ project, model, server, open }) => {
    const git = repository(project);
    const proxy = await cutting(server.port, 3, 'Stage 2 of 7');
    try {
      const { ended } = cn(project, configuration(project, server, model.url, { port: proxy.port }), task);
      await holds('the cuts', () => proxy.cuts() === 3, 60_000);
      await open('plan');
      const { status, out, err } = await ended;
      assert.equal(status, 0, err + out);
      assert.equal(runs(project).length, 1);
      const happened = events(project, runs(project)[0]);
      assert.equal(happened.filter((event) => event.kind === 'patch_applied').length, 1);
      assert.equal(happened.filter((event) => event.kind === 'committed').length, 1);
      assert.equal(git('rev-list', '--count', 'HEAD'), '2');
      assert.equal(project.read(), repaired);
      assert.equal(out.split('undo: codex-sidecar runs undo').length, 2, 'the report once, and not in halves');
    } finally {
      proxy.close();
    }
  }));

test("cn talks to the user's own server with the other configuration, and solve finds the same server", needsClient('chat'), () =>
  bench({ args: plain, rules: [{ last: 'Say hello.', reply: 'Hello from the raw model.' }] }, async ({ project, model, server }) => {
    const { status, out, err } = await cn(project, configuration(project, server, model.url, { name: 'continue-raw' }), 'Say hello.').ended;
    assert.equal(status, 0, err + out);
    assert.match(out, /Hello from the raw model\./);
    assert.equal(runs(project).length, 0);
    const env = { ...process.env, CODEX_SIDECAR_HOME: project.home, CODEX_SIDECAR_BASE_URL: model.url, HOME: project.folder };
    const solved = spawnSync(program, ['solve', task, '--workspace', project.workspace, '--consilium', 'off'], { env, encoding: 'utf8' });
    assert.equal(solved.status, 0, solved.stderr);
    assert.equal(project.read(), repaired);
  }));

test('cn with a wrong token is told so, and nothing runs', needsClient('chat'), () =>
  bench({ args: plain }, async ({ project, model, server }) => {
    const { status, out, err } = await cn(project, configuration(project, { ...server, token: 'sk-wrong' }, model.url), task).ended;
    assert.notEqual(status, 0);
    assert.match(out + err, /token is wrong/i);
    assert.equal(runs(project).length, 0);
  }));

async function library(server) {
  const { default: OpenAI } = await import(pathToFileURL(clientFile('chat', 'openai', 'index.mjs')));
  return new OpenAI({ apiKey: server.token, baseURL: server.url });
}

const wish = { model: 'codex-sidecar', messages: [{ role: 'user', content: task }] };

test("OpenAI's library streams a task", needsClient('chat'), () =>
  bench({ args: plain }, async ({ project, server }) => {
    const openai = await library(server);
    assert.deepEqual((await openai.models.list()).data.map((model) => model.id), ['codex-sidecar', 'codex-sidecar-plan', 'codex-sidecar-chat']);
    let text = '';
    for await (const chunk of await openai.chat.completions.create({ ...wish, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? '';
    }
    assert.match(text, /src\/sums\.js \(\+3 -3\)/);
    assert.equal(project.read(), repaired);
  }));

test("OpenAI's library waits for a task without a stream, asks the user's model, and hears errors", needsClient('chat'), () =>
  bench({ args: plain, rules: [{ any: 'Who are you?', reply: 'Your own model.' }] }, async ({ project, server }) => {
    const openai = await library(server);
    const answer = await openai.chat.completions.create(wish);
    assert.match(answer.choices[0].message.content, /src\/sums\.js/);
    assert.equal(project.read(), repaired);
    const chat = await openai.chat.completions.create({ model: 'codex-sidecar-chat', messages: [{ role: 'user', content: 'Who are you?' }] });
    assert.equal(chat.choices[0].message.content, 'Your own model.');
    assert.equal(runs(project).length, 1);
    await assert.rejects(openai.chat.completions.create({ ...wish, model: 'gpt-4' }), (error) => error.status === 404 && /codex-sidecar-plan/.test(error.message));
    await assert.rejects(openai.chat.completions.create({ ...wish, messages: [] }), (error) => error.status === 400);
  }));

test("a stop in OpenAI's library ends the run when nobody comes back", needsClient('chat'), () =>
  bench(gated, async ({ project, server }) => {
    const openai = await library(server);
    const stream = await openai.chat.completions.create({ ...wish, stream: true });
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.reasoning_content) {
        break;
      }
    }
    const ended = () => events(project, runs(project)[0]).find((event) => event.kind === 'run_finished');
    await holds('the end', ended, 40_000);
    assert.equal(ended().stop, 'cancelled');
    assert.equal(project.read(), broken);
  }));
