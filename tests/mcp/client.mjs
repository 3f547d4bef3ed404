// The built program under clients that are not ours: the official TypeScript client and the inspector's command line.
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { program } from '../../scripts/build.mjs';
import { startModel } from '../../scripts/model.mjs';
import { root } from '../../scripts/run.mjs';
import { clientFile } from '../../scripts/testing/clients.mjs';
import { makeProject, script } from '../acp/project.mjs';

const sdk = (...path) => clientFile('mcp', '@modelcontextprotocol', ...path);

export function environment(project, url) {
  return { ...process.env, CODEX_SIDECAR_HOME: project.home, CODEX_SIDECAR_BASE_URL: url, HOME: project.folder };
}

/** Runs the inspector on the program; `method` and what follows are its own arguments. */
export const inspect = (project, url, level, ...method) =>
  runInspector([program, 'mcp', '--workspace', project.workspace, '--level', level, ...method], environment(project, url));

/** The same on a server that is there. */
export const inspectOver = (url, token, ...method) =>
  runInspector([url, '--transport', 'http', '--header', `Authorization: Bearer ${token}`, ...method], process.env);

async function runInspector(args, env) {
  const inspector = sdk('inspector', 'clients', 'launcher', 'build', 'index.js');
  const child = spawn(process.execPath, [inspector, '--cli', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  const status = await new Promise((resolve) => child.once('close', resolve));
  return { status, err, result: out === '' ? undefined : JSON.parse(out) };
}

/**
 * @param {object} options level; form: answers elicitation/create
 */
async function connect(project, url, { level = 'read_only', form } = {}) {
  const { Client } = await import(pathToFileURL(sdk('client', 'dist', 'index.mjs')).href);
  const { StdioClientTransport } = await import(pathToFileURL(sdk('client', 'dist', 'stdio.mjs')).href);
  const client = new Client({ name: 'tests', version: '1.0.0' }, { capabilities: form ? { elicitation: { form: {} } } : {} });
  if (form) {
    client.setRequestHandler('elicitation/create', async ({ params }) => form(params));
  }
  const transport = new StdioClientTransport({
    command: program,
    args: ['mcp', '--workspace', project.workspace, '--level', level],
    env: environment(project, url),
  });
  await client.connect(transport);
  return { client, call: (name, input, options) => client.callTool({ name, arguments: input }, options), close: () => client.close() };
}

/** The official client on a server that is there. */
export async function connectOver(url, token) {
  const { Client, StreamableHTTPClientTransport } = await import(pathToFileURL(sdk('client', 'dist', 'index.mjs')).href);
  const client = new Client({ name: 'tests', version: '1.0.0' }, { capabilities: {} });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${token}` } } }));
  return { call: (name, input, options) => client.callTool({ name, arguments: input }, options), close: () => client.close() };
}

/** The official conformance tool, packed for our older Node, which lacks a function of files that it imports and does not need here. */
export function conformance() {
  const packed = join(root, 'out', 'clients', 'mcp', 'conformance.cjs');
  if (!existsSync(packed)) {
    buildSync({ entryPoints: [sdk('conformance', 'dist', 'index.js')], bundle: true, platform: 'node', format: 'cjs', outfile: packed, logLevel: 'error' });
  }
  return packed;
}

/** It sends no token: this stands between and adds it. A foreign Host or Origin goes on as it came. */
export async function withToken(port, token, work) {
  const between = http.createServer((request, response) => {
    const own = `127.0.0.1:${between.address().port}`;
    const headers = { ...request.headers, authorization: `Bearer ${token}`, host: [own, own.replace('127.0.0.1', 'localhost')].includes(request.headers.host) ? `127.0.0.1:${port}` : request.headers.host };
    request.pipe(http.request({ host: '127.0.0.1', port, method: request.method, path: request.url, headers }, (answer) => answer.pipe(response.writeHead(answer.statusCode, answer.headers))));
  });
  await new Promise((resolve) => between.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${between.address().port}/mcp`);
  } finally {
    between.close();
    between.closeAllConnections();
  }
}

/** A project, a scripted model and connected clients for the time of one test. */
export async function bench(options, work) {
  const project = makeProject();
  const words = join(project.folder, 'script.json');
  writeFileSync(words, JSON.stringify(script(options.script)));
  const model = await startModel(words);
  const clients = [];
  try {
    const start = async (more = {}) => {
      const client = await connect(project, model.url, more);
      clients.push(client);
      return client;
    };
    await work({ project, model, start });
  } finally {
    for (const client of clients) {
      await client.close();
    }
    await model.stop();
    project.remove();
  }
}
