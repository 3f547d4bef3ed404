import assert from 'node:assert/strict';
import { chmod, mkdtemp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createBackoff } from '../../src/sidecar/backoff';
import { relativeTo } from '../../src/sidecar/connection';
import { sidecarEnvironment } from '../../src/sidecar/environment';
import { candidates, findSidecar } from '../../src/sidecar/find';
import { envelopeOf, textsOf } from '../../src/sidecar/meta';
import { startProcess } from '../../src/sidecar/process';

test('the sidecar inherits the tools and not the editor', () => {
  const kept = sidecarEnvironment(
    {
      PATH: '/bin',
      Path: 'C:\\bin',
      HOME: '/home/a',
      LC_ALL: 'C',
      CODEX_SIDECAR_HOME: '/s',
      NODE_OPTIONS: '--inspect',
      VSCODE_PID: '1',
      ELECTRON_RUN_AS_NODE: '1',
      GITHUB_TOKEN: 'secret',
      HTTP_PROXY: 'http://proxy',
    },
    { CODEX_SIDECAR_BASE_URL: 'http://127.0.0.1:1/v1', CODEX_SIDECAR_MODEL: '' },
  );
  assert.deepEqual(kept, {
    PATH: '/bin',
    Path: 'C:\\bin',
    HOME: '/home/a',
    LC_ALL: 'C',
    CODEX_SIDECAR_HOME: '/s',
    CODEX_SIDECAR_BASE_URL: 'http://127.0.0.1:1/v1',
  });
});

test('a program the user named is the only one that is started', () => {
  const places = { setting: '', variable: undefined, extensionFolder: '/x', checkout: false, platform: 'linux' as const };
  assert.deepEqual(candidates({ ...places, setting: '/my/sidecar', variable: '/other' }), ['/my/sidecar']);
  assert.deepEqual(candidates({ ...places, variable: '/other' }), ['/other']);
  assert.deepEqual(candidates({ ...places, platform: 'win32' }), [join('/x', 'bin', 'codex-sidecar.exe')]);
  assert.equal(candidates({ ...places, checkout: true }).length, 3);
});

test('a program without its execute bit is found and can be run', { skip: process.platform === 'win32' }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'find-'));
  try {
    await mkdir(join(folder, 'bin'));
    const program = join(folder, 'bin', 'codex-sidecar');
    await writeFile(program, '#!/bin/sh\nexit 3\n');
    await chmod(program, 0o644);
    const found = await findSidecar({ setting: '', variable: undefined, extensionFolder: folder, checkout: false, platform: 'linux' });
    assert.equal(found, program);
    assert.equal((await stat(program)).mode & 0o111, 0o111);
    const started = await startProcess({
      program,
      args: [],
      folder,
      environment: { PATH: process.env['PATH'] ?? '' },
      log: () => undefined,
    });
    assert.equal(await started.ended, 'exit code 3');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a program that is not there is an error, and one that never ends is stopped', { skip: process.platform === 'win32' }, async () => {
  const options = { folder: tmpdir(), environment: { PATH: process.env['PATH'] ?? '' }, log: () => undefined };
  await assert.rejects(startProcess({ ...options, program: '/nowhere/codex-sidecar', args: [] }), /ENOENT/);
  const reader = await startProcess({ ...options, program: '/bin/cat', args: [] });
  await reader.stop();
  assert.equal(await reader.ended, 'exit code 0');
});

test('two deaths are waited out, the third within a minute is not, a later one is', () => {
  const backoff = createBackoff();
  assert.deepEqual([backoff.died(0), backoff.died(1000), backoff.died(2000)], [500, 2000, undefined]);
  assert.equal(backoff.died(120_000), 500);
  backoff.died(121_000);
  backoff.reset();
  assert.equal(backoff.died(122_000), 500);
});

test('an event of another version of the wire is none', () => {
  const message = (v: number) => ({ _meta: { codexSidecar: { v, seq: 1, at: 'now', runId: 'r', event: { kind: 'run_started' } } } });
  assert.equal(envelopeOf(message(1))?.seq, 1);
  assert.equal(envelopeOf(message(2)), undefined);
  for (const odd of [null, 7, [], {}, { _meta: null }, { _meta: { codexSidecar: 1 } }]) {
    assert.equal(envelopeOf(odd), undefined);
  }
});

test('the whole texts of a patch are read from its diffs', () => {
  const update = {
    content: [
      { type: 'diff', path: '/w/src/a.js', oldText: 'a', newText: 'b' },
      { type: 'diff', path: '/w/new.js', newText: 'n' },
      { type: 'content', content: { type: 'text', text: 'big.bin: too large' } },
    ],
  };
  assert.deepEqual(
    textsOf(update, (path) => relativeTo('/w', path)),
    [
      { path: 'src/a.js', oldText: 'a', newText: 'b' },
      { path: 'new.js', newText: 'n' },
    ],
  );
  assert.equal(relativeTo('C:\\w', 'C:\\w\\src\\a.js'), 'src/a.js');
});
