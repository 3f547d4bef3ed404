// Clients that are not ours: an SDK of a year before, and acpx, a command-line client.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import test from 'node:test';
import { ClientSideConnection, ndJsonStream } from 'acp-old';
import { program } from '../../scripts/build.mjs';
import { root } from '../../scripts/run.mjs';
import { bench, environment, startProgram } from './agent.mjs';
import { broken, repaired, task } from './project.mjs';
import { problems } from './schema.mjs';

test('an SDK of version 0.14.1 drives a whole run', () =>
  bench({}, async ({ project, model }) => {
    const { child, exit, lines, input, output } = startProgram(project, model.url);
    try {
      const updates = [];
      const client = {
        sessionUpdate: async ({ update }) => void updates.push(update),
        requestPermission: async ({ options }) => ({ outcome: { outcome: 'selected', optionId: options[0].optionId } }),
      };
      const agent = new ClientSideConnection(() => client, ndJsonStream(Writable.toWeb(input), Readable.toWeb(output)));
      const hello = await agent.initialize({ protocolVersion: 1, clientCapabilities: {} });
      assert.equal(hello.protocolVersion, 1);
      const { sessionId } = await agent.newSession({ cwd: project.workspace, mcpServers: [] });
      const result = await agent.prompt({ sessionId, prompt: [{ type: 'text', text: task }] });
      assert.equal(result.stopReason, 'end_turn');
      assert.equal(project.read(), repaired);
      assert.ok(updates.some((update) => update.sessionUpdate === 'plan'));
      assert.deepEqual(problems(lines), []);
      input.end();
      assert.equal(await exit, 0);
    } finally {
      child.kill('SIGKILL');
    }
  }));

/** Fetched beside the build when it is first needed: among our own packages its optional ones for other platforms would break "npm ci". */
function acpxProgram() {
  const folder = join(root, 'out', 'acpx');
  const cli = join(folder, 'node_modules', 'acpx', 'dist', 'cli.js');
  if (!existsSync(cli)) {
    mkdirSync(folder, { recursive: true });
    const args = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', 'acpx@0.19.1'];
    const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }
  return cli;
}

/** Its own home, so that nothing of the user's acpx is read or changed. */
async function run(project, url, ...args) {
  const agent = join(project.folder, 'agent.sh');
  writeFileSync(agent, `#!/bin/sh\nexec '${program}' acp\n`, { mode: 0o755 });
  mkdirSync(project.home, { recursive: true });
  const child = spawn(
    process.execPath,
    [acpxProgram(), '--agent', agent, '--cwd', project.workspace, '--format', 'json', '--json-strict', ...args],
    {
      cwd: project.workspace,
      env: environment(project, url),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let [out, err] = ['', ''];
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  const status = await new Promise((resolve) => child.once('close', resolve));
  return {
    status,
    err,
    messages: out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  };
}

const unix = { skip: process.platform === 'win32' && 'the agent is started by a shell script' };

test('acpx runs a task to its end', unix, () =>
  bench({}, async ({ project, model }) => {
    const { status, err, messages } = await run(project, model.url, '--approve-all', 'exec', '--config-option', 'level=run_tests', task);
    assert.equal(status, 0, err);
    assert.equal(project.read(), repaired);
    assert.equal(messages.at(-1).result.stopReason, 'end_turn');
    assert.ok(!JSON.stringify(messages.filter(({ method }) => method === 'session/update')).includes('codexSidecar'));
  }),
);

test('acpx that denies everything changes nothing', unix, () =>
  bench({}, async ({ project, model }) => {
    const { status } = await run(project, model.url, '--deny-all', 'exec', task);
    assert.equal(status, 5);
    assert.equal(project.read(), broken);
  }),
);
