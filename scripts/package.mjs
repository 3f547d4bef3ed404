// npm run package: the extension as one file, out/codex-sidecar-TARGET.vsix, with the sidecar inside; nothing has to be installed beside it.
//   npm run package                        for this platform
//   npm run package -- --target TARGET     linux-x64, linux-arm64, alpine-x64, darwin-x64, darwin-arm64, win32-x64, win32-arm64
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint } from './build.mjs';
import { bundle } from './extension.mjs';
import { fail, must, root } from './run.mjs';

const runtimes = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'alpine-x64': 'linux-musl-x64',
  'darwin-x64': 'osx-x64',
  'darwin-arm64': 'osx-arm64',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
};

// What goes in, beside the program: a list, so that nothing else can.
const product = [
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'docs/pictures',
  'package.nls.json',
  'package.nls.ru.json',
  'l10n',
  'extension/media',
  'out/extension',
];

/** Publishes the program into a folder that is kept, since trimming takes minutes: again only when its inputs changed. */
function publish(target) {
  const work = join('out', 'publish', target);
  const folder = join(root, work, 'bin');
  const stamp = join(root, work, 'stamp');
  const inputs = `${fingerprint()} ${statSync(fileURLToPath(import.meta.url)).mtimeMs}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) {
    return folder;
  }
  const runtime = runtimes[target];
  console.error(`Publishing the sidecar for ${runtime} (some minutes the first time) ...`);
  rmSync(stamp, { force: true });
  rmSync(folder, { recursive: true, force: true });
  must(
    'dotnet',
    [
      'publish',
      'server/Sidecar',
      '--runtime',
      runtime,
      '--self-contained',
      'true',
      '--artifacts-path',
      join(work, 'build'),
      '-verbosity:quiet',
      '-nologo',
      `-property:PublishDir=${folder}/`,
      // The committed lock files name no platform.
      '-property:NuGetLockFilePath=obj/package.lock.json',
      '-property:PublishSingleFile=true',
      '-property:PublishTrimmed=true',
      // Other people's packages warn when they are trimmed; the end-to-end tests run the trimmed program.
      '-property:SuppressTrimAnalysisWarnings=true',
      '-property:DebugType=none',
      '-property:GenerateDocumentationFile=false',
    ],
    { stdio: ['ignore', 2, 2] },
  );
  // The samples are for `codex-sidecar try`; the extension has no use for them.
  rmSync(join(folder, 'samples'), { recursive: true, force: true });
  for (const name of readdirSync(folder)) {
    if (/\.(pdb|xml|dbg)$/.test(name)) {
      rmSync(join(folder, name));
    }
  }
  writeFileSync(stamp, inputs);
  return folder;
}

export async function packageFor(target) {
  if (!(target in runtimes)) {
    fail(`There is no target "${target}"; the targets are ${Object.keys(runtimes).join(', ')}.`);
  }
  const stage = join(root, 'out', 'package', target);
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  await bundle({ minify: true });
  for (const path of product) {
    if (existsSync(join(root, path))) {
      cpSync(join(root, path), join(stage, path), { recursive: true, filter: (from) => !from.endsWith('.map') });
    }
  }
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // vsce would run the build again, and users need no tools.
  delete manifest.scripts;
  delete manifest.devDependencies;
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  cpSync(publish(target), join(stage, 'bin'), { recursive: true });
  const program = join(stage, 'bin', target.startsWith('win32') ? 'codex-sidecar.exe' : 'codex-sidecar');
  if (!target.startsWith('win32')) {
    chmodSync(program, 0o755);
  }
  const file = join(root, 'out', `codex-sidecar-${target}.vsix`);
  must(
    process.execPath,
    [
      join(root, 'node_modules/@vscode/vsce/vsce'),
      'package',
      '--target',
      target,
      '--no-dependencies',
      '--allow-missing-repository',
      '--no-rewrite-relative-links',
      '--out',
      file,
    ],
    { cwd: stage, stdio: ['ignore', 2, 2] },
  );
  console.error(`${file}: ${(statSync(file).size / 2 ** 20).toFixed(1)} MB`);
  return file;
}

export function thisTarget() {
  return `${process.platform}-${process.arch}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--target');
  await packageFor(at < 0 ? thisTarget() : (process.argv[at + 1] ?? ''));
}
