// node bench/sandbox.mjs: what one /bin/true costs plain, on each rung of the sandbox and over an overlay, all in turn in one run. Linux.
import { spawnSync } from 'node:child_process';
import { built, compile } from '../scripts/build.mjs';

compile('tests/Engine.Tests');
const ran = spawnSync(
  built('CodexSidecar.Engine.Tests'),
  ['-class', '*SandboxBenchmark', '-explicit', 'only', '-diagnostics', '-noColor'],
  { encoding: 'utf8' },
);
const rows = [...ran.stdout.matchAll(/sandbox (\w+) ([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)/g)].map(([, name, median, low, high, least]) => ({
  name: name.replaceAll('_', ' '),
  median,
  low,
  high,
  least,
}));
if (ran.status !== 0 || rows.length === 0) {
  throw new Error(ran.stdout + ran.stderr);
}
console.log('/bin/true, 200 runs each, median (5th to 95th percentile; least), ratio to plain');
for (const { name, median, low, high, least } of rows) {
  console.log(`${name.padEnd(26)}${median.padStart(7)} ms (${low} to ${high}; ${least})  ${(median / rows[0].median).toFixed(1)}`);
}
