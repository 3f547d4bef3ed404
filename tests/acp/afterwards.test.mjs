// What a client can do after a run: decide hunks late, go back to snapshots, undo, test again, delete.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { bench, ours } from './agent.mjs';
import { broken, repaired, task, withoutHalf } from './project.mjs';
import { problems } from './schema.mjs';

const trusted = { _meta: { codexSidecar: { trusted: true } } };
const kinds = (agent) => agent.events().map((event) => event.kind);
const clean = (agent) => assert.deepEqual(problems(agent.lines), []);
const code = (expected, kind) => (error) => {
  assert.equal(error.code, expected, error.message);
  assert.equal(error.data?.kind, kind);
  return true;
};
const hunksOf = (agent) =>
  agent
    .events()
    .find((event) => event.kind === 'patch_proposed')
    .files[0].hunks.map((hunk) => hunk.hunkId);

test('hunks are decided after the run: out by a merge, in again, and never over the words of the user', () =>
  bench({ capabilities: ours }, async ({ project, start }) => {
    const agent = await start();
    const session = await agent.open(trusted);
    await agent.set(session, 'review', 'auto');
    const { runId, lastSeq } = (await agent.prompt(session, task))._meta.codexSidecar;
    const [add, twice, half] = hunksOf(agent);
    const decide = (...decisions) => agent.own('hunks/decide', { sessionId: session, patchId: 'p1', decisions });

    const out = await decide({ hunkId: half, accept: false, reason: 'not asked for' }, { hunkId: add, accept: true });
    assert.deepEqual([out.applied, out.rejected, out.conflicts, out.files.map(({ path }) => path)], [[add], [half], [], ['src/sums.js']]);
    assert.equal(project.read(), withoutHalf);
    const late = agent.updates.map((update) => update._meta?.codexSidecar).filter((extras) => extras?.seq > lastSeq);
    assert.deepEqual(
      late.map(({ event, runId: run }) => [event.kind, run]),
      [
        ['snapshot_taken', runId],
        ['hunks_decided', runId],
        ['patch_applied', runId],
      ],
    );
    assert.equal(late[2].event.files[0].sha256, out.files[0].sha256);
    assert.equal(agent.updates.at(-1).content[0].newText, withoutHalf);

    project.write(project.read().replace('function add(a, b)', 'function add(first, second)'));
    assert.deepEqual((await decide({ hunkId: half, accept: true })).applied, [half]);
    assert.equal(project.read(), repaired.replace('function add(a, b)', 'function add(first, second)'));

    project.write(project.read().replace('n * 2', 'n + n'));
    const before = project.read();
    const clash = await decide({ hunkId: twice, accept: false });
    assert.deepEqual([clash.rejected, clash.conflicts.map(({ hunkId }) => hunkId), clash.files], [[], [twice], []]);
    assert.equal(project.read(), before);

    // Clicks come faster than answers: one after the other they all count.
    project.write(repaired);
    await Promise.all([
      decide({ hunkId: add, accept: false }),
      decide({ hunkId: half, accept: false }),
      decide({ hunkId: add, accept: true }),
    ]);
    assert.equal(project.read(), withoutHalf);
    await decide({ hunkId: half, accept: true });

    await assert.rejects(decide({ hunkId: 'h_none', accept: false }), code(-32602, 'unknown_hunk'));
    await assert.rejects(decide({ hunkId: add, accept: true }, { hunkId: add, accept: false }), code(-32602, 'unknown_hunk'));
    clean(agent);

    // What was decided late belongs to the session: another process draws it, and can go on.
    await agent.stop();
    const next = await start();
    await next.request('session/load', { sessionId: session, cwd: project.workspace, mcpServers: [], ...trusted });
    assert.equal(next.events().at(-1).kind, 'patch_applied');
    assert.deepEqual(
      (await next.own('hunks/decide', { sessionId: session, patchId: 'p1', decisions: [{ hunkId: half, accept: false }] })).rejected,
      [half],
    );
    clean(next);
  }));

test('a snapshot is listed, compared and restored, and that can be undone', () =>
  bench({ capabilities: ours }, async ({ project, start }) => {
    const agent = await start();
    const session = await agent.open(trusted);
    await agent.set(session, 'review', 'auto');
    const { runId, stop } = (await agent.prompt(session, task))._meta.codexSidecar;
    assert.equal(stop, 'done', JSON.stringify(agent.updates.slice(-12)));
    const { snapshots } = await agent.own('snapshot/list', { sessionId: session });
    assert.deepEqual(
      snapshots.map((one) => [one.runId, one.title, one.files]),
      // Without a shadow the whole project is in it: who knows what commands change.
      [[runId, task, agent.events().some((event) => event.title === 'No shadow') ? 3 : 1]],
    );
    const { snapshotId } = snapshots[0];
    const { files } = await agent.own('snapshot/diff', { sessionId: session, snapshotId });
    assert.deepEqual(
      files.map(({ path, change, truncated }) => [path, change, truncated]),
      [['src/sums.js', 'modified', false]],
    );
    assert.match(files[0].unified, /- {2}return a - b;\n\+ {2}return a \+ b;/);

    assert.deepEqual(await agent.own('snapshot/restore', { sessionId: session, snapshotId, dryRun: true }), {
      restored: ['src/sums.js'],
      conflicts: [],
    });
    assert.equal(project.read(), repaired);
    const { restored, conflicts, undoSnapshotId } = await agent.own('snapshot/restore', { sessionId: session, snapshotId });
    assert.deepEqual([restored, conflicts], [['src/sums.js'], []]);
    assert.equal(project.read(), broken);
    assert.deepEqual(kinds(agent).slice(-2), ['snapshot_taken', 'rolled_back']);

    const between = await agent.own('snapshot/diff', { sessionId: session, snapshotId, to: undoSnapshotId });
    assert.deepEqual(between.files, files);
    await agent.own('snapshot/restore', { sessionId: session, snapshotId: undoSnapshotId, paths: ['src/sums.js'] });
    assert.equal(project.read(), repaired);
    clean(agent);
  }));

test('undo keeps what the user wrote elsewhere, and says no where it would be lost', () =>
  bench({ capabilities: ours }, async ({ project, start }) => {
    const agent = await start();
    const session = await agent.open(trusted);
    await agent.set(session, 'review', 'auto');
    await agent.prompt(session, task);
    project.write(repaired.replace('n * 2', 'n + n'));
    await agent.prompt(session, '/undo');
    assert.match(agent.updates.at(-1).content.text, /src\/sums\.js/);
    assert.equal(project.read(), repaired.replace('n * 2', 'n + n'));
    project.write(`${repaired}// mine\n`);
    await agent.prompt(session, '/undo');
    assert.equal(project.read(), `${broken}// mine\n`);
    assert.equal(kinds(agent).at(-1), 'rolled_back');
    clean(agent);
  }));

test('the tests run again without a model after a hunk was taken out', () =>
  bench({ capabilities: ours }, async ({ project, model, start }) => {
    const agent = await start();
    const session = await agent.open(trusted);
    await agent.set(session, 'review', 'auto');
    await agent.prompt(session, task);
    await model.stop();
    const [, , half] = hunksOf(agent);
    await agent.own('hunks/decide', { sessionId: session, patchId: 'p1', decisions: [{ hunkId: half, accept: false }] });
    const result = await agent.prompt(session, '/test');
    assert.equal(result._meta.codexSidecar.stop, 'done');
    assert.equal(agent.events().findLast((event) => event.kind === 'tests_finished').result.outcome, 'passed');
    assert.equal(project.read(), withoutHalf);
    clean(agent);
  }));

test('a file the user has not saved is not patched, asked again right before writing', () =>
  bench({ capabilities: ours }, async ({ project, start }) => {
    const asked = [];
    const agent = await start({
      unsaved: ({ paths }) => {
        asked.push(paths);
        // Between the question and the write the user has typed.
        return asked.length === 1 ? [] : [{ path: project.source, text: '// typed' }];
      },
    });
    const session = await agent.open(trusted);
    const result = await agent.prompt(session, task);
    assert.equal(result._meta.codexSidecar.stop, 'forbidden');
    assert.match(JSON.stringify(agent.updates), /src\/sums\.js has unsaved changes/);
    assert.deepEqual(asked, [[project.source], [project.source]]);
    assert.equal(project.read(), broken);
    clean(agent);
  }));

test('a second run of a session shows its own texts', () =>
  bench({ capabilities: ours }, async ({ project, start }) => {
    const agent = await start();
    const session = await agent.open(trusted);
    await agent.prompt(session, task);
    const changed = broken.replace('function half(n)', 'function half(m)').replace('n / 3', 'm / 3');
    project.write(changed);
    await agent.prompt(session, task);
    const diffs = agent.updates
      .filter((update) => update.kind === 'edit' && update.status === 'pending')
      .map((update) => update.content[0].oldText);
    assert.deepEqual(diffs, [broken, changed]);
    clean(agent);
  }));

test('a session is closed and deleted with its files', () =>
  bench({ capabilities: ours }, async ({ project, start }) => {
    const agent = await start();
    const session = await agent.open(trusted);
    const { runId } = (await agent.prompt(session, task))._meta.codexSidecar;
    const state = join(project.home, 'state');
    assert.ok(existsSync(join(state, 'runs', runId, 'cassette.jsonl')));
    await agent.request('session/close', { sessionId: session });
    await assert.rejects(agent.prompt(session, task), code(-32002, 'session'));
    await agent.request('session/delete', { sessionId: session });
    assert.deepEqual(readdirSync(join(state, 'runs')), []);
    assert.deepEqual(readdirSync(join(state, 'sessions')), []);
    assert.deepEqual(
      readdirSync(join(state, 'snapshots'), { recursive: true }).filter(
        (name) => name.endsWith('.jsonl') || /blobs.[0-9a-f]{2}.[0-9a-f]+/.test(name),
      ),
      [],
    );
    assert.ok(existsSync(join(state, 'audit.jsonl')));
    await assert.rejects(
      agent.request('session/load', { sessionId: session, cwd: project.workspace, mcpServers: [] }),
      code(-32002, 'session'),
    );
    await agent.request('session/delete', { sessionId: session });
    clean(agent);
  }));

test('loading an open session for another folder is refused and leaves its run alone', () =>
  bench({ capabilities: ours, script: { gate: 'model' } }, async ({ project, model, start }) => {
    const agent = await start();
    const session = await agent.open(trusted);
    const run = agent.prompt(session, task);
    await agent.seen((update) => update.sessionUpdate === 'plan' && update.entries[1].status === 'in_progress');
    await assert.rejects(agent.request('session/load', { sessionId: session, cwd: project.folder, mcpServers: [] }), { code: -32602 });
    await fetch(`${new URL(model.url).origin}/gates/model`, { method: 'POST' });
    assert.equal((await run).stopReason, 'end_turn');
    await agent.set(session, 'level', 'read_only');
  }));
