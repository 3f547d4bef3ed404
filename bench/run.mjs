// npm run bench: one whole run of a one-bug task against a model without latency, votes off, as a process from outside. Prints medians.
//   npm run bench -- 20             so many runs (default 10)
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, program } from '../scripts/build.mjs';
import { buildModel, startModel } from '../scripts/model.mjs';
import { root } from '../scripts/run.mjs';
import { prefixes } from './prefix.mjs';

const runs = Number(process.argv[2] ?? 10);
const sample = join(root, 'samples', 'js-ranges', 'workspace');
const folder = mkdtempSync(join(tmpdir(), 'codex-sidecar-bench-'));
const log = join(folder, 'requests.jsonl');
build();
buildModel();
const model = await startModel(join(root, 'bench', 'one-bug.json'), log);

/** The largest resident size the kernel has seen for this process, in KiB; Linux only. */
const peak = (pid) => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
};

const logged = () => readFileSync(log, 'utf8').split('\n').slice(0, -1);

async function once(number) {
  const workspace = join(folder, `run-${number}`);
  cpSync(sample, workspace, { recursive: true });
  const seen = logged().length;
  const started = Date.now();
  const child = spawn(
    program,
    [
      'solve',
      "parseRange('5-') gives NaN for the missing end; it must be null.",
      '--workspace',
      workspace,
      '--base-url',
      model.url,
      '--consilium',
      'off',
      '--json',
      '--allow-unsandboxed',
    ],
    { env: { ...process.env, CODEX_SIDECAR_HOME: join(folder, 'home') }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  let memory = 0;
  const watching = setInterval(() => (memory = Math.max(memory, peak(child.pid))), 5);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  const wall = Date.now() - started;
  clearInterval(watching);
  if (code !== 0) {
    throw new Error(`The run ended with exit code ${code}.`);
  }
  const chats = logged()
    .slice(seen)
    .map((line) => JSON.parse(line))
    .filter((request) => request.path.endsWith('/chat/completions'));
  const prompts = chats.flatMap((request) => request.body.messages).map((message) => Buffer.byteLength(message.content));
  return {
    wall,
    first: Date.parse(chats[0].at) - started,
    memory: memory / 1024,
    requests: chats.length,
    prefixes: prefixes(chats.map((request) => request.body)),
    bytes: prompts.reduce((sum, size) => sum + size, 0),
  };
}

try {
  await once('warm-up');
  const results = [];
  for (let number = 0; number < runs; number++) {
    results.push(await once(number));
  }
  const row = (name, unit, pick) => {
    const values = results.map(pick).sort((a, b) => a - b);
    console.log(
      `${name.padEnd(28)}${values[Math.floor(values.length / 2)].toFixed(0).padStart(8)} ${unit.padEnd(4)} (${values[0].toFixed(0)} to ${values.at(-1).toFixed(0)})`,
    );
  };
  console.log(`${runs} runs, median (min to max)`);
  row('wall time', 'ms', (one) => one.wall);
  row('time to the first request', 'ms', (one) => one.first);
  row('peak memory', 'MiB', (one) => one.memory);
  row('requests', '', (one) => one.requests);
  row('prompt bytes over the run', 'B', (one) => one.bytes);
  console.log('request  bytes  of it the beginning of the request before');
  results[0].prefixes.forEach(({ bytes, ofLast }, at) =>
    console.log(`${String(at + 1).padStart(7)}${String(bytes).padStart(7)}${`${((100 * ofLast) / bytes).toFixed(0)} %`.padStart(8)}`),
  );
} finally {
  await model.stop();
  rmSync(folder, { recursive: true, force: true });
}
