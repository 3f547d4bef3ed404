// npm run bench:consilium: what the votes cost. The samples with six, three and no voters: requests, prompt tokens, and how much of the prompts had been sent before.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, program } from '../scripts/build.mjs';
import { buildModel, startModel } from '../scripts/model.mjs';
import { root } from '../scripts/run.mjs';
import { prefixes } from './prefix.mjs';

const samples = join(root, 'samples');
// Three roles vote when the size is auto and the plan has one to three risk points: here because the task names no file, symbol or test.
const sizes = [
  { name: 'six', option: 'full' },
  { name: 'three', option: 'auto', task: 'The result is wrong for some values; correct it.' },
  { name: 'off', option: 'off' },
];

const sum = (list, pick) => list.reduce((total, one) => total + pick(one), 0);

/** What the votes make a server with one slot read, the first of them as if nothing were known, in readings of a whole vote's prompt. */
function prefills(chats, all) {
  const votes = all.filter((_, at) => /Your role is \w+\./.test(chats[at].messages.at(-1).content));
  return votes.length === 0
    ? 0
    : (votes[0].bytes + sum(votes.slice(1), (vote) => vote.bytes - vote.ofLast)) / (sum(votes, (vote) => vote.bytes) / votes.length);
}

function solve(sample, { option, task }, url, folder) {
  const workspace = join(folder, `${sample}-${option}`);
  cpSync(join(samples, sample, 'workspace'), workspace, { recursive: true });
  const asked = task ?? readFileSync(join(samples, sample, 'task.txt'), 'utf8').trim();
  const args = ['solve', asked, '--workspace', workspace, '--base-url', url, '--consilium', option, '--json', '--allow-unsandboxed'];
  const ended = spawnSync(program, args, {
    env: { ...process.env, CODEX_SIDECAR_HOME: join(folder, 'home', `${sample}-${option}`) },
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const events = ended.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).event);
  if (ended.status !== 0) {
    throw new Error(`${sample}, --consilium ${option}: exit code ${ended.status}. ${events.at(-1)?.message ?? ended.stderr}`);
  }
  return {
    voters: events.filter((event) => event.kind === 'vote_cast').length,
    usage: events.findLast((event) => event.kind === 'usage_counted').total,
  };
}

build();
buildModel();
const folder = mkdtempSync(join(tmpdir(), 'codex-sidecar-bench-'));
try {
  console.log('sample      voters  requests  prompt tokens  cached  sent before  prefills of the votes');
  for (const sample of readdirSync(samples)
    .filter((name) => existsSync(join(samples, name, 'task.txt')))
    .sort()) {
    for (const size of sizes) {
      const log = join(folder, `${sample}-${size.name}.jsonl`);
      const model = await startModel(join(samples, sample, 'script.json'), log);
      try {
        const { voters, usage } = solve(sample, size, model.url, folder);
        const chats = readFileSync(log, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line))
          .filter((request) => request.path.endsWith('/chat/completions'))
          .map((request) => request.body);
        const all = prefixes(chats);
        const share = sum(all, (one) => one.ofAny) / sum(all, (one) => one.bytes);
        console.log(
          `${sample.padEnd(12)}${String(voters).padStart(6)}${String(chats.length).padStart(10)}${String(usage.promptTokens).padStart(15)}${String(usage.cachedTokens).padStart(8)}${`${(100 * share).toFixed(0)} %`.padStart(13)}${prefills(chats, all).toFixed(2).padStart(24)}`,
        );
      } finally {
        await model.stop();
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
