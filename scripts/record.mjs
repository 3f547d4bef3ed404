// npm run record: makes the cassettes of the samples anew, from the words in samples/NAME/script.json. Needed when a prompt has changed.
//   npm run record -- NAME ...      only these samples
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, program } from './build.mjs';
import { buildModel, startModel } from './model.mjs';
import { root } from './run.mjs';

const samples = join(root, 'samples');
const isRecorded = (name) => existsSync(join(samples, name, 'script.json'));
const names = process.argv.length > 2 ? process.argv.slice(2) : readdirSync(samples).filter(isRecorded).sort();
build();
buildModel();
for (const name of names) {
  const folder = mkdtempSync(join(tmpdir(), 'codex-sidecar-record-'));
  const model = await startModel(join(samples, name, 'script.json'));
  try {
    cpSync(join(samples, name, 'workspace'), join(folder, 'workspace'), { recursive: true });
    const cassette = join(samples, name, 'cassette.jsonl');
    rmSync(cassette, { force: true });
    const task = readFileSync(join(samples, name, 'task.txt'), 'utf8').trim();
    const args = [
      'solve',
      task,
      '--workspace',
      join(folder, 'workspace'),
      '--base-url',
      model.url,
      '--record',
      cassette,
      '--record-label',
      'written for this sample',
      '--allow-unsandboxed',
    ];
    const result = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, CODEX_SIDECAR_HOME: join(folder, 'home') } });
    if (result.status !== 0) {
      throw new Error(
        `${result.stdout}${result.stderr}\nThe sample ${name} was not solved (exit code ${result.status}), so its cassette is not recorded.`,
      );
    }
    console.log(`${name}: recorded`);
  } finally {
    await model.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
