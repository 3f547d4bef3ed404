// The built sidecar as an HTTP server on a free port, with a scripted model behind it, for the time of one test.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { program } from '../../scripts/build.mjs';
import { startModel } from '../../scripts/model.mjs';
import { makeProject, repaired, script, task } from '../acp/project.mjs';

export const taskBody = (more = {}) => ({ model: 'codex-sidecar', stream: true, messages: [{ role: 'user', content: task }], ...more });

/** One request with every header as given; ends with the whole answer, or sooner when `until` says so. */
export function send(server, method, path, { body, headers = {}, token = server.token, until } = {}) {
  return new Promise((resolve, reject) => {
    const data = body === undefined ? undefined : typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const all = {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(data === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(data) }),
      ...headers,
    };
    const request = http.request({ host: '127.0.0.1', port: server.port, method, path, headers: all, agent: false }, (response) => {
      let text = '';
      const done = (cut) => resolve({ status: response.statusCode, headers: response.headers, text, cut });
      response.setEncoding('utf8');
      response.on('data', (piece) => {
        text += piece;
        if (until?.(text)) {
          done(true);
          request.destroy();
        }
      });
      response.on('end', () => done(false));
      response.on('error', () => done(true));
    });
    request.on('error', reject);
    request.end(data);
  });
}

/** What an OpenAI client makes of a stream. */
export function read(text) {
  const data = text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6));
  const chunks = data.filter((line) => line !== '[DONE]').map((line) => JSON.parse(line));
  const deltas = chunks.flatMap((chunk) => chunk.choices ?? []).map((choice) => choice.delta);
  return {
    chunks,
    isDone: data.at(-1) === '[DONE]',
    contents: deltas.map((delta) => delta.content).filter(Boolean),
    thoughts: deltas.map((delta) => delta.reasoning_content).filter(Boolean),
    finish: chunks.flatMap((chunk) => chunk.choices ?? []).map((choice) => choice.finish_reason).filter(Boolean),
    error: chunks.find((chunk) => chunk.error)?.error,
    usage: chunks.find((chunk) => chunk.usage)?.usage,
  };
}

export async function post(server, body, options = {}) {
  const answer = await send(server, 'POST', '/v1/chat/completions', { body, ...options });
  return { ...answer, ...read(answer.text) };
}

/** Starts the program; rejects with what it said when it ends before its first line. */
export async function serve(project, url, ...args) {
  const env = { ...process.env, CODEX_SIDECAR_HOME: project.home, CODEX_SIDECAR_BASE_URL: url, HOME: project.folder };
  const child = spawn(program, ['serve', '--workspace', project.workspace, ...(args.includes('--port') ? [] : ['--port', '0']), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  let errors = '';
  child.stderr.on('data', (piece) => (errors += piece));
  const line = await Promise.race([new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve)), exit]);
  if (typeof line !== 'string') {
    throw new Error(`serve ended with ${line}: ${errors}`);
  }
  const started = JSON.parse(line);
  return {
    child,
    exit,
    started,
    url: started.url,
    port: Number(new URL(started.url).port),
    token: readFileSync(started.tokenFile, 'utf8').trim(),
    errors: () => errors,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return exit;
    },
  };
}

/** The folders of all runs of this project's state; those of one second in any order. */
export function runs(project) {
  try {
    return readdirSync(join(project.home, 'state', 'runs')).sort();
  } catch {
    return [];
  }
}

/** Of a run so far; one that is just beginning has none. */
export function events(project, run) {
  const file = join(project.home, 'state', 'runs', run, 'events.jsonl');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  // A line that is being written is not there yet.
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).event);
}

export const kinds = (project, run, kind) => events(project, run).filter((event) => event.kind === kind);
export const hasBegun = (text) => text.includes('reasoning_content');

/** A change of an existing file is a question, which nobody answers here; at level 2 it is the review that decides. */
export function solvedOnce(project) {
  const all = runs(project);
  assert.equal(all.length, 1);
  assert.equal(kinds(project, all[0], 'patch_applied').length, 1);
  assert.deepEqual(
    kinds(project, all[0], 'run_finished').map((event) => event.stop),
    ['done'],
  );
  assert.equal(project.read(), repaired);
}

/** Asks again until it holds: for what happens in another process. */
export async function holds(what, look, most = 30_000) {
  for (const until = performance.now() + most; performance.now() < until; ) {
    if (await look()) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${what} did not happen within ${most / 1000} s`);
}

/**
 * A project, a scripted model and a server for the time of one test.
 * @param {object} options args: of serve; script: as in project.mjs; rules: of the scripted model, before those of the script; model: more of
 * its script, such as the paths by which it shows what it is
 */
export async function bench({ args = ['--level', 'run_tests'], rules = [], model: more = {}, ...words }, work) {
  const project = makeProject();
  const scripted = script(words.script);
  const file = join(project.folder, 'script.json');
  writeFileSync(file, JSON.stringify({ ...scripted, ...more, rules: [...rules, ...scripted.rules] }));
  const log = join(project.folder, 'model.jsonl');
  writeFileSync(log, '');
  const model = await startModel(file, log);
  const servers = [];
  const start = async (...more) => {
    const server = await serve(project, model.url, ...(more.length > 0 ? more : args));
    servers.push(server);
    return server;
  };
  try {
    const asked = () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
        .filter((request) => request.method === 'POST');
    const open = (gate) => fetch(`${new URL(model.url).origin}/gates/${gate}`, { method: 'POST' });
    await work({ project, model, start, asked, open, server: await start() });
  } finally {
    for (const server of servers) {
      server.child.kill('SIGKILL');
      await server.exit;
    }
    await model.stop();
    project.remove();
  }
}
