// npm run build: the program out/sidecar/codex-sidecar for this platform. Does nothing when its inputs did not change.
//   npm run build -- --force      builds anyway
//   npm run build -- --tests      the tests' programs; with --program both
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must, root } from './run.mjs';

export const program = join(root, 'out', 'sidecar', process.platform === 'win32' ? 'codex-sidecar.exe' : 'codex-sidecar');
const stamp = join(root, 'out', 'sidecar.stamp');

// One folder and one configuration for all that is built here, so that nothing is compiled twice.
const how = ['--configuration', 'Release', '--artifacts-path', 'out/build', '-verbosity:quiet', '-nologo'];
// MSBuild's output goes to stderr: stdout belongs to the program that is run afterwards.
const stdio = ['ignore', 2, 2];

/** A file that building made: the program of a test project, say. */
export const built = (project, file = process.platform === 'win32' ? `${project}.exe` : project) =>
  join(root, 'out', 'build', 'bin', project, 'release', file);

/** @param {string} project a project or the solution */
export const compile = (project) => must('dotnet', ['build', project, ...how], { stdio });

// Names, sizes and times of everything that goes in: reading them takes milliseconds, asking MSBuild takes seconds.
export function fingerprint() {
  const hash = createHash('sha256');
  const look = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) {
      for (const name of readdirSync(path).sort()) {
        if (name !== 'bin' && name !== 'obj') {
          look(join(path, name));
        }
      }
    } else if (stat) {
      hash.update(`${path}\n${stat.size}\n${stat.mtimeMs}\n`);
    }
  };
  for (const input of [
    'server',
    'samples',
    'scripts/build.mjs',
    'global.json',
    'Directory.Build.props',
    'Directory.Packages.props',
    '.editorconfig',
    'BannedSymbols.txt',
  ]) {
    look(join(root, input));
  }
  return hash.digest('hex');
}

export function build({ force = false } = {}) {
  const before = fingerprint();
  if (!force && existsSync(program) && existsSync(stamp) && readFileSync(stamp, 'utf8') === before) {
    return;
  }
  console.error(`Building the sidecar (about a minute the first time) ...`);
  // Files of an older build must not be picked up by a newer program.
  rmSync(stamp, { force: true });
  rmSync(join(root, 'out', 'sidecar'), { recursive: true, force: true });
  must('dotnet', ['publish', 'server/Sidecar', ...how], { stdio });
  // Commands of a run have no network: what the C# sample's tests need must be in the package folder before.
  must('dotnet', ['restore', 'samples/net-basket/workspace', '--artifacts-path', 'out/build/net-basket', '-verbosity:quiet', '-nologo'], {
    stdio,
  });
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(stamp, before);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const forTests = process.argv.includes('--tests');
  if (forTests) {
    compile('CodexSidecar.sln');
  }
  if (!forTests || process.argv.includes('--program')) {
    build({ force: process.argv.includes('--force') });
    console.log(`The program is ${program}`);
  }
}
