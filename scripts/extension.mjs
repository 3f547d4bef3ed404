// Bundles the extension: out/extension/main.js for the editor's host, panel.js for the webview.
//   node scripts/extension.mjs           both bundles
//   node scripts/extension.mjs --tests   the unit tests too, to out/extension-tests
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { needPackages, root } from './run.mjs';

const base = { bundle: true, sourcemap: 'linked', logLevel: 'warning', absWorkingDir: root, target: 'es2022', legalComments: 'eof' };

const filesIn = (folder, ending) =>
  readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

/** @returns the files of the unit tests, when asked for */
export async function bundle({ tests = false, minify = false } = {}) {
  needPackages();
  const esbuild = await import('esbuild');
  const out = join(root, 'out', 'extension');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const host = { ...base, platform: 'node', format: 'cjs', external: ['vscode', 'typescript'], minify };
  await esbuild.build({ ...host, entryPoints: ['extension/src/main.ts'], outfile: join(out, 'main.js') });
  await esbuild.build({
    ...base,
    minify,
    platform: 'browser',
    format: 'iife',
    entryPoints: ['extension/src/panel/webview/panel.ts', 'extension/src/panel/webview/panel.css'],
    outdir: out,
  });
  for (const file of ['codicon.css', 'codicon.ttf']) {
    cpSync(join(root, 'node_modules/@vscode/codicons/dist', file), join(out, file));
  }
  if (!tests) {
    return [];
  }
  const testsOut = join(root, 'out', 'extension-tests');
  rmSync(testsOut, { recursive: true, force: true });
  await esbuild.build({
    ...host,
    minify: false,
    // What the tests need of the editor is played by a file of their own.
    external: ['typescript'],
    alias: { vscode: './extension/test/fakes/vscode.ts' },
    entryPoints: filesIn('extension/test', '.test.ts'),
    outdir: testsOut,
    outbase: 'extension/test',
  });
  return filesIn(testsOut, '.test.js');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundle({ tests: process.argv.includes('--tests'), minify: process.argv.includes('--minify') });
}
