// What every script here needs: where the repository is, and how to run a program in it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

// No servers stay behind after a build, and nothing but the build speaks.
export const quiet = {
  DOTNET_CLI_TELEMETRY_OPTOUT: '1',
  DOTNET_NOLOGO: '1',
  DOTNET_CLI_USE_MSBUILD_SERVER: '0',
  MSBUILDDISABLENODEREUSE: '1',
  UseSharedCompilation: 'false',
  // Programs that end after seconds do not live to see what this would gain; the compiler alone is a fifth faster without it.
  DOTNET_TieredPGO: '0',
};

/** Runs a program and gives its exit code; a program that is not there ends the script with a sentence. */
export function run(program, args, options = {}) {
  const result = spawnSync(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...quiet }, ...options });
  if (result.error?.code === 'ENOENT') {
    fail(
      program === 'dotnet'
        ? 'The .NET SDK is missing: install .NET SDK 10 and make sure that "dotnet" is on the PATH.'
        : `The program "${program}" is missing.`,
    );
  }
  if (result.error) {
    fail(result.error.message);
  }
  return result.status ?? 1;
}

/** Runs a step that must succeed. */
export function must(program, args, options) {
  const status = run(program, args, options);
  if (status !== 0) {
    process.exit(status);
  }
}

/** A fresh clone has no npm packages yet: what needs them fetches them, exactly as locked. */
export function needPackages() {
  if (!existsSync(join(root, 'node_modules', 'esbuild'))) {
    console.error('Installing the npm packages ...');
    const npm = process.env.npm_execpath;
    must(npm ? process.execPath : 'npm', [...(npm ? [npm] : []), 'ci', '--no-audit', '--no-fund'], { stdio: ['ignore', 2, 2] });
  }
}

export function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
