// The built sidecar under the official SDK, with every raw line kept.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { client, ndJsonStream } from '@agentclientprotocol/sdk';
import { program } from '../../scripts/build.mjs';
import { startModel } from '../../scripts/model.mjs';
import { makeProject, script } from './project.mjs';

/** Keeps the whole lines that pass through. */
function tee(lines, from) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return new Transform({
    transform(chunk, _, done) {
      const parts = (rest + decoder.write(chunk)).split('\n');
      rest = parts.pop();
      lines.push(...parts.map((text) => ({ from, text })));
      done(null, chunk);
    },
  });
}

export const ours = { session: { notices: {} }, _meta: { codexSidecar: { v: 1, buffers: true } } };

export function environment(project, url) {
  return { ...process.env, CODEX_SIDECAR_HOME: project.home, CODEX_SIDECAR_BASE_URL: url, HOME: project.folder };
}

/** Starts the program with the two ends of its pipe, for any client. */
export function startProgram(project, url) {
  const child = spawn(program, ['acp'], { stdio: ['pipe', 'pipe', 'inherit'], env: environment(project, url) });
  const exit = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  const lines = [];
  const input = tee(lines, 'client');
  input.pipe(child.stdin);
  const output = child.stdout.pipe(tee(lines, 'agent'));
  return { child, exit, lines, input, output };
}

/**
 * @param {object} options capabilities: of the client; ask: answers session/request_permission; form: answers elicitation/create; unsaved: answers buffers/read
 */
export async function connect(project, url, { capabilities = {}, ask = () => undefined, form, unsaved = () => [] } = {}) {
  const { child, exit, lines, input, output } = startProgram(project, url);
  const asked = [];
  const updates = [];
  const waiting = [];
  let app = client({ name: 'codex-sidecar-tests' })
    .onNotification('session/update', ({ params }) => {
      updates.push(params.update);
      waiting.splice(0).forEach((look) => look());
    })
    .onRequest('session/request_permission', async (context) => {
      asked.push(context.params);
      const isPatch = context.params.toolCall.kind === 'edit';
      const answer = (await ask(context.params, context)) ?? { optionId: isPatch ? 'all' : 'once' };
      return { outcome: answer === 'cancelled' ? { outcome: 'cancelled' } : { outcome: 'selected', ...answer } };
    });
  if (form) {
    app = app.onRequest('elicitation/create', ({ params }) => form(params));
  }
  const raw = (params) => params;
  app = app.onRequest('_codexSidecar/buffers/read', raw, ({ params }) => ({ unsaved: unsaved(params) }));
  const connection = app.connect(ndJsonStream(Writable.toWeb(input), Readable.toWeb(output)));
  const request = (method, params, sending) => connection.agent.request(method, params, sending);
  const hello = await request('initialize', {
    protocolVersion: 1,
    clientInfo: { name: 'tests', version: '1.0.0' },
    clientCapabilities: capabilities,
  });
  return {
    child,
    exit,
    lines,
    asked,
    updates,
    hello,
    request,
    notify: (method, params) => connection.agent.notify(method, params),
    own: (method, params) => request(`_codexSidecar/${method}`, params),
    open: async (extra = {}) => (await request('session/new', { cwd: project.workspace, mcpServers: [], ...extra })).sessionId,
    prompt: (sessionId, text, options) => request('session/prompt', { sessionId, prompt: [{ type: 'text', text }] }, options),
    set: (sessionId, configId, value) => request('session/set_config_option', { sessionId, configId, value }),
    events: () => updates.map((update) => update._meta?.codexSidecar?.event).filter(Boolean),
    /** Resolves when an update fits. */
    seen: async (fits) => {
      while (!updates.some(fits)) {
        await new Promise((resolve) => waiting.push(resolve));
      }
    },
    stop: async () => {
      input.end();
      return exit;
    },
  };
}

/** A project, a scripted model and a connected client for the time of one test. */
export async function bench(options, work) {
  const project = makeProject();
  const words = join(project.folder, 'script.json');
  writeFileSync(words, JSON.stringify(script(options.script)));
  const model = await startModel(words);
  const agents = [];
  try {
    const start = async (more = {}) => {
      const agent = await connect(project, model.url, { ...options, ...more });
      agents.push(agent);
      return agent;
    };
    await work({ project, model, start });
  } finally {
    for (const agent of agents) {
      agent.child.kill('SIGKILL');
      await agent.exit;
    }
    await model.stop();
    project.remove();
  }
}
