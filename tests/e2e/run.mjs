// npm run test:e2e: the packaged extension in a real VS Code, driven in a browser. Pictures, and logs of what failed, are in out/e2e.
//   npm run test:e2e -- NAME ...     only the files whose name has one of these in it
//   npm run test:e2e -- --pictures   makes the README's pictures anew, from the runs that show them
// EDITOR_DIR: where the editor is kept between runs (out/editor). E2E_VSIX: an extension that is packaged already.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../scripts/run.mjs';
import { prepare } from './prepare.mjs';

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log('The end-to-end tests need Linux x64.\n0 passed, 0 failed');
  process.exit(0);
}
const here = dirname(fileURLToPath(import.meta.url));
await prepare();
rmSync(join(root, 'out', 'e2e'), { recursive: true, force: true });
mkdirSync(join(root, 'out', 'e2e'), { recursive: true });
const forReadme = process.argv[2] === '--pictures';
const wanted = forReadme ? ['votes', 'review-first'] : process.argv.slice(2);
const files = readdirSync(here)
  .filter((name) => name.endsWith('.e2e.mjs') && (wanted.length === 0 || wanted.some((word) => name.includes(word))))
  .map((name) => join(here, name));
const results = join(root, 'out', 'e2e', 'results.tap');
const reporters = [
  '--test-reporter=spec',
  '--test-reporter-destination=stdout',
  '--test-reporter=tap',
  `--test-reporter-destination=${results}`,
];
const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=1', '--test-timeout=600000', ...reporters, ...files], {
  cwd: root,
  stdio: 'inherit',
});
if (forReadme && status === 0) {
  const made = readdirSync(join(root, 'out', 'e2e'));
  for (const [part, name] of Object.entries({ '1-three-votes': 'votes', '1-asked': 'review' })) {
    cpSync(join(root, 'out', 'e2e', made.find((file) => file.endsWith(`${part}.png`))), join(root, 'docs', 'pictures', `${name}.png`));
  }
}
const tap = readFileSync(results, 'utf8');
const count = (word) => Number(new RegExp(`^# ${word} (\\d+)`, 'm').exec(tap)?.[1] ?? 0);
const failed = count('fail') + count('cancelled');
console.log(`${count('pass')} passed, ${failed} failed`);
process.exit(status === 0 && failed === 0 && count('pass') > 0 ? 0 : 1);
