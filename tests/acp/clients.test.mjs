// Clients that are not ours: an SDK of a year before, and acpx, a command-line client.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import test from 'node:test';
import { ClientSideConnection, ndJsonStream } from 'acp-old';
import { program } from '../../scripts/build.mjs';
import { clientFile, needsClient } from '../../scripts/testing/clients.mjs';
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

/** Its own home, so that nothing of the user's acpx is read or changed. */
async function run(project, url, ...args) {
  const agent = join(project.folder, 'agent.sh');
  writeFileSync(agent, `#!/bin/sh\nexec '${program}' acp\n`, { mode: 0o755 });
  mkdirSync(project.home, { recursive: true });
  const child = spawn(
    process.execPath,
    [clientFile('acpx', 'acpx', 'dist', 'cli.js'), '--agent', agent, '--cwd', project.workspace, '--format', 'json', '--json-strict', ...args],
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

const unix = process.platform === 'win32' ? { skip: 'needs a shell script as the agent' } : needsClient('acpx');

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
