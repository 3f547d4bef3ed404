// node bench/acp.mjs: how fast the editor's wire is. Start to initialize, one round trip, updates a second of a session that is told again. Prints medians.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, program } from '../scripts/build.mjs';

const starts = 15;
const trips = 2000;
const updates = 20_000;
// docs/performance.md holds the figures; five times as slow is a fault.
const most = { start: 3000, trip: 1.1, each: 1000 / 3000 };
const folder = mkdtempSync(join(tmpdir(), 'codex-sidecar-bench-'));
const workspace = join(folder, 'workspace');
mkdirSync(workspace);
build();

function open() {
  const child = spawn(program, ['acp'], {
    env: { ...process.env, CODEX_SIDECAR_HOME: join(folder, 'home'), CODEX_SIDECAR_BASE_URL: 'http://127.0.0.1:9/v1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map();
  let [rest, id, told] = ['', 0, 0];
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const message = JSON.parse(line);
      if (message.method) {
        told++;
      } else {
        waiting.get(message.id)(message.result);
      }
    }
  });
  return {
    call: (method, params) =>
      new Promise((resolve) => {
        waiting.set(++id, resolve);
        child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
      }),
    told: () => told,
    end: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.stdin.end();
      }),
  };
}

const hello = { protocolVersion: 1, clientCapabilities: { _meta: { codexSidecar: { v: 1 } } } };
const median = (values) => [...values].sort((one, other) => one - other)[values.length >> 1];
const trusted = { _meta: { codexSidecar: { trusted: true } } };

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const start = [];
for (let i = 0; i <= starts; i++) {
  let agent;
  start.push(
    await timed(async () => {
      agent = open();
      await agent.call('initialize', hello);
    }),
  );
  await agent.end();
}
start.shift();

const agent = open();
await agent.call('initialize', hello);
const trip = [];
for (let i = 0; i < trips; i++) {
  trip.push(await timed(() => agent.call('authenticate', { methodId: 'local' })));
}

// A session with a run that could not find its model, made long by hand.
const { sessionId } = await agent.call('session/new', { cwd: workspace, mcpServers: [], ...trusted });
await agent.call('session/prompt', { sessionId, prompt: [{ type: 'text', text: 'bench' }] });
await agent.end();
const runs = join(folder, 'home', 'state', 'runs');
const file = join(runs, readdirSync(runs)[0], 'events.jsonl');
const events = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));
const last = events.pop();
for (let i = 0; i < updates; i++) {
  events.push({ ...last, event: { kind: 'message_added', messageId: 'm1', text: `line ${i} of a long answer of the model\n` } });
}
writeFileSync(file, `${[...events, last].map((event, index) => JSON.stringify({ ...event, seq: index + 1 })).join('\n')}\n`);
const reader = open();
await reader.call('initialize', hello);
const replay = await timed(() => reader.call('session/load', { sessionId, cwd: workspace, mcpServers: [], ...trusted }));
const each = replay / reader.told();
await reader.end();
rmSync(folder, { recursive: true });

const show = (name, value, unit, limit) => console.log(`${name}: ${value} ${unit}${limit ? '' : '  TOO SLOW'}`);
const ok = [median(start) < most.start, median(trip) < most.trip, each < most.each];
show('start of the program to the answer to initialize, median', median(start).toFixed(0), 'ms', ok[0]);
show('round trip of a request, median', median(trip).toFixed(2), 'ms', ok[1]);
show('updates a second of a session that is told again', Math.round(1000 / each).toLocaleString('en'), '', ok[2]);
process.exit(ok.every(Boolean) ? 0 : 1);
