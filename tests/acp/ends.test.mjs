// How the process ends, and what it leaves behind.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { bench, ours } from './agent.mjs';
import { broken, repaired, task } from './project.mjs';
import { problems } from './schema.mjs';

const trusted = { _meta: { codexSidecar: { trusted: true } } };
const most = 30_000;

/** Processes whose command line or environment names the workspace; only where /proc tells. */
function children(project) {
  return process.platform !== 'linux'
    ? []
    : readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .filter((id) => {
          try {
            return (
              readFileSync(`/proc/${id}/environ`, 'latin1').includes('CODEX_SIDECAR_COMMAND') &&
              readFileSync(`/proc/${id}/environ`, 'latin1').includes(project.folder)
            );
          } catch {
            return false;
          }
        });
}

/** A killed process takes its commands with it, but the kernel does that after it is gone: asked again until the time is over. */
async function noneLeft(project) {
  for (const until = performance.now() + most; performance.now() < until && children(project).length > 0; ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.deepEqual(children(project), []);
}

for (const when of ['idle', 'while the model works', 'during a question']) {
  test(`the program ends with 0 when its input ends ${when}`, () =>
    bench({ capabilities: ours, script: when === 'while the model works' ? { gate: 'never' } : {} }, async ({ project, start }) => {
      let asked;
      const question = new Promise((resolve) => (asked = resolve));
      const agent = await start({
        ask: (params) => {
          if (when !== 'during a question' || params.toolCall.kind !== 'edit') {
            return undefined;
          }
          asked();
          return new Promise(() => {});
        },
      });
      const session = await agent.open(trusted);
      if (when !== 'idle') {
        agent.prompt(session, task).catch(() => {});
        await (when === 'during a question'
          ? question
          : agent.seen((update) => update.sessionUpdate === 'plan' && update.entries[1].status === 'in_progress'));
      }
      assert.equal(await agent.stop(), 0);
      assert.equal(project.read(), broken);
      assert.deepEqual(children(project), []);
      if (when !== 'idle') {
        const next = await start();
        const { sessions } = await next.request('session/list', {});
        assert.equal(sessions[0]._meta.codexSidecar.lastStop, 'cancelled');
      }
    }));
}

test('the program ends with 0 when it is told to end', { skip: process.platform === 'win32' && 'no signals' }, () =>
  bench({ capabilities: ours, script: { gate: 'never' } }, async ({ project, start }) => {
    const agent = await start();
    const session = await agent.open(trusted);
    agent.prompt(session, task).catch(() => {});
    await agent.seen((update) => update.sessionUpdate === 'plan' && update.entries[1].status === 'in_progress');
    agent.child.kill('SIGTERM');
    assert.equal(await agent.exit, 0);
    assert.equal(project.read(), broken);
    assert.deepEqual(children(project), []);
  }),
);

test('a killed sidecar leaves a run that the next start closes, and files that can be put back', () =>
  bench({ capabilities: ours }, async ({ project, start }) => {
    let running;
    const tests = new Promise((resolve) => (running = resolve));
    const agent = await start({
      ask: (params) => {
        // The first commands are for the tests before the patch; the question after the patch is on disk is where it dies.
        if (params.toolCall.kind !== 'edit' && project.read() === repaired) {
          running();
          return new Promise(() => {});
        }
        return undefined;
      },
    });
    const session = await agent.open(trusted);
    await agent.set(session, 'review', 'auto');
    const prompt = agent.prompt(session, task).catch(() => 'lost');
    await Promise.race([tests, agent.seen((update) => update._meta?.codexSidecar?.event.kind === 'patch_applied')]);
    agent.child.kill('SIGKILL');
    await agent.exit;
    await prompt;
    assert.equal(project.read(), repaired);

    const next = await start();
    await next.request('session/load', { sessionId: session, cwd: project.workspace, mcpServers: [], ...trusted });
    // Also what bubblewrap had made and not let go on when it was killed.
    await noneLeft(project);
    const ends = next.updates.map((update) => update._meta?.codexSidecar?.event).filter((event) => event?.kind === 'run_finished');
    assert.deepEqual(
      ends.map((event) => event.stop),
      ['interrupted'],
    );
    await next.prompt(session, '/undo');
    assert.equal(project.read(), broken);
    assert.deepEqual(problems(next.lines), []);
  }));

test('a model server that is down ends the run in words, and the session is usable', () =>
  bench({ capabilities: ours }, async ({ model, start }) => {
    const agent = await start();
    await model.stop();
    const session = await agent.open(trusted);
    const result = await agent.prompt(session, task);
    assert.deepEqual([result.stopReason, result._meta.codexSidecar.stop], ['end_turn', 'model_unavailable']);
    assert.match(JSON.stringify(agent.updates), /No model server answers/);
    assert.equal((await agent.prompt(session, '/votes')).stopReason, 'end_turn');
    assert.deepEqual(problems(agent.lines), []);
  }));
