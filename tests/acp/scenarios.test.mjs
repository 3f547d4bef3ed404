// Whole conversations of the built program with the official SDK; every raw line of them is valid by ACP's schema.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
const afterInitialize = (agent) => agent.lines.filter(({ from }) => from === 'agent').slice(1);
const hunksOf = (agent) =>
  agent
    .events()
    .find((event) => event.kind === 'patch_proposed')
    .files[0].hunks.map((hunk) => hunk.hunkId);

test('a whole run carries every event in order, whole texts and a report', () =>
  bench({ capabilities: ours }, async ({ project, start }) => {
    const agent = await start();
    const session = await agent.open(trusted);
    const result = await agent.prompt(session, task);
    assert.equal(result.stopReason, 'end_turn');
    assert.equal(result._meta.codexSidecar.stop, 'done');
    assert.equal(project.read(), repaired);
    const carried = agent.lines
      .filter(({ from }) => from === 'agent')
      .map(({ text }) => JSON.parse(text).params)
      .map((params) => params?.update?._meta?.codexSidecar ?? params?._meta?.codexSidecar)
      .filter((extras) => extras?.event);
    assert.deepEqual(
      carried.map(({ seq }) => seq),
      carried.map((_, index) => index + 1),
    );
    assert.equal(carried.at(-1).event.kind, 'run_finished');
    assert.equal(carried.at(-1).seq, result._meta.codexSidecar.lastSeq);
    assert.equal(kinds(agent).filter((kind) => kind === 'vote_cast').length, 6);
    const diff = agent.updates.find((update) => update.kind === 'edit').content[0];
    assert.deepEqual([diff.oldText, diff.newText], [broken, repaired]);
    const report = agent.events().find((event) => event.kind === 'report_written');
    assert.match(readFileSync(report.path, 'utf8'), /src\/sums\.js/);
    clean(agent);
  }));

test('hunks are chosen in one answer by our client', () =>
  bench({ capabilities: ours }, async ({ project, start }) => {
    const agent = await start({
      ask: (params) =>
        params.options.some(({ optionId }) => optionId === 'hunks')
          ? {
              optionId: 'hunks',
              _meta: { codexSidecar: { decisions: hunksOf(agent).map((hunkId, index) => ({ hunkId, accept: index < 2 })) } },
            }
          : undefined,
    });
    const session = await agent.open(trusted);
    await agent.prompt(session, task);
    assert.equal(project.read(), withoutHalf);
    clean(agent);
  }));

test('hunks are chosen in a form by a plain client', () =>
  bench({ capabilities: { elicitation: { form: {} } } }, async ({ project, start }) => {
    const agent = await start({
      ask: (params) => (params.options.some(({ optionId }) => optionId === 'hunks') ? { optionId: 'hunks' } : undefined),
      form: (params) => ({
        action: 'accept',
        content: { keep: params.requestedSchema.properties.keep.items.anyOf.slice(0, 2).map((choice) => choice.const) },
      }),
    });
    const result = await agent.prompt(await agent.open(), task);
    assert.equal(result.stopReason, 'end_turn');
    assert.equal(project.read(), withoutHalf);
    assert.ok(afterInitialize(agent).every(({ text }) => !text.includes('codexSidecar')));
    clean(agent);
  }));

test('a form that is declined applies nothing', () =>
  bench({ capabilities: { elicitation: { form: {} } } }, async ({ project, start }) => {
    const agent = await start({
      ask: (params) => (params.options.some(({ optionId }) => optionId === 'hunks') ? { optionId: 'hunks' } : undefined),
      form: () => ({ action: 'decline' }),
    });
    await agent.prompt(await agent.open(), task);
    assert.equal(project.read(), broken);
    clean(agent);
  }));

test('a plain client gets the whole run without our key, and the same bytes', () =>
  bench({}, async ({ project, start }) => {
    const agent = await start();
    const result = await agent.prompt(await agent.open(), task);
    assert.deepEqual(Object.keys(result), ['stopReason']);
    assert.equal(project.read(), repaired);
    assert.ok(afterInitialize(agent).every(({ text }) => !text.includes('codexSidecar')));
    assert.deepEqual(
      agent.asked.filter(({ toolCall }) => toolCall.kind === 'edit').map(({ options }) => options.map(({ optionId }) => optionId)),
      [['all', 'reject']],
    );
    const seen = new Set(agent.updates.map((update) => update.sessionUpdate));
    for (const update of [
      'session_info_update',
      'plan',
      'tool_call',
      'tool_call_update',
      'agent_message_chunk',
      'usage_update',
      'available_commands_update',
    ]) {
      assert.ok(seen.has(update), update);
    }
    assert.match(JSON.stringify(agent.updates), /\| Reviewer \| approve \| 8 \|/);
    clean(agent);
  }));

test('a patch that is rejected changes nothing, and the session goes on', () =>
  bench({ capabilities: ours, ask: () => ({ optionId: 'reject' }) }, async ({ project, start }) => {
    const agent = await start();
    const session = await agent.open(trusted);
    const result = await agent.prompt(session, task);
    assert.deepEqual([result.stopReason, result._meta.codexSidecar.stop], ['end_turn', 'user_rejected']);
    assert.equal(project.read(), broken);
    assert.equal((await agent.prompt(session, '/votes')).stopReason, 'end_turn');
    assert.match(agent.updates.at(-1).content.text, /\| Reviewer \| approve \|/);
    clean(agent);
  }));

test('every odd answer to a question denies', () =>
  bench({ capabilities: ours }, async ({ project, start }) => {
    const decided = (decisions) => ({ optionId: 'hunks', _meta: { codexSidecar: { decisions } } });
    const answers = [
      () => ({ optionId: 'yes' }),
      () => ({ optionId: 'hunks' }),
      () => decided([{ hunkId: 'h_none', accept: true }]),
      () => decided([...hunksOf(agent), hunksOf(agent)[0]].map((hunkId) => ({ hunkId, accept: true }))),
      () => decided('all of them'),
      () => {
        throw new Error('no');
      },
    ];
    let answer;
    const agent = await start({ ask: (params) => (params.toolCall.kind === 'edit' ? answer() : undefined) });
    const session = await agent.open(trusted);
    await agent.set(session, 'consilium', 'off');
    await agent.set(session, 'level', 'safe_write');
    for (answer of answers) {
      const result = await agent.prompt(session, task);
      assert.equal(result._meta.codexSidecar.stop, 'user_rejected', String(answer));
      assert.equal(project.read(), broken);
    }
    clean(agent);
  }));

for (const capabilities of [ours, {}]) {
  const who = capabilities === ours ? 'our client' : 'a plain client';
  const finished = (agent) => capabilities !== ours || kinds(agent).filter((kind) => kind === 'run_finished').length === 1;

  test(`a run is cancelled while the model works (${who})`, () =>
    bench({ capabilities, script: { gate: 'never' } }, async ({ project, start }) => {
      const agent = await start();
      const session = await agent.open(trusted);
      const prompt = agent.prompt(session, task);
      await agent.seen((update) => update.sessionUpdate === 'plan' && update.entries[1].status === 'in_progress');
      await agent.notify('session/cancel', { sessionId: session });
      await agent.notify('session/cancel', { sessionId: session });
      assert.equal((await prompt).stopReason, 'cancelled');
      assert.equal(project.read(), broken);
      assert.ok(finished(agent));
      clean(agent);
    }));

  test(`a run is cancelled during a question, which is withdrawn (${who})`, () =>
    bench({ capabilities }, async ({ project, start }) => {
      const agent = await start({
        ask: async (params, { signal }) => {
          if (params.toolCall.kind !== 'edit') {
            return undefined;
          }
          await agent.notify('session/cancel', { sessionId: params.sessionId });
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          return 'cancelled';
        },
      });
      const session = await agent.open(trusted);
      assert.equal((await agent.prompt(session, task)).stopReason, 'cancelled');
      assert.equal(project.read(), broken);
      assert.ok(finished(agent));
      clean(agent);
    }));

  test(`a run is cancelled by its own request (${who})`, () =>
    bench({ capabilities, script: { gate: 'never' } }, async ({ project, start }) => {
      const agent = await start();
      const session = await agent.open(trusted);
      const stop = new AbortController();
      const prompt = agent.prompt(session, task, { cancellationSignal: stop.signal });
      await agent.seen((update) => update.sessionUpdate === 'plan' && update.entries[1].status === 'in_progress');
      stop.abort();
      assert.equal((await prompt).stopReason, 'cancelled');
      assert.equal(project.read(), broken);
      assert.ok(finished(agent));
      clean(agent);
    }));
}

test('a session loads in another process and is told again, event for event', () =>
  bench({ capabilities: ours }, async ({ project, start }) => {
    const first = await start();
    const session = await first.open(trusted);
    const { lastSeq } = (await first.prompt(session, task))._meta.codexSidecar;
    assert.equal(await first.stop(), 0);
    const second = await start();
    await second.request('session/load', { sessionId: session, cwd: project.workspace, mcpServers: [], ...trusted });
    const told = second.updates.map((update) => update._meta?.codexSidecar).filter(Boolean);
    assert.deepEqual(
      told.map(({ seq }) => seq),
      Array.from({ length: lastSeq }, (_, index) => index + 1),
    );
    const live = new Map(
      first.updates
        .map((update) => update._meta?.codexSidecar)
        .filter(Boolean)
        .map((extras) => [extras.seq, extras]),
    );
    for (const extras of told) {
      assert.deepEqual(live.get(extras.seq) ?? extras, extras);
    }
    assert.equal(second.updates[0].sessionUpdate, 'user_message_chunk');
    assert.equal(second.asked.length, 0);
    clean(first);
    clean(second);
  }));

test('a session is resumed without a replay, and the gap is asked for', () =>
  bench({ capabilities: ours }, async ({ project, start }) => {
    const first = await start();
    const session = await first.open(trusted);
    const { lastSeq, runId } = (await first.prompt(session, task))._meta.codexSidecar;
    await first.stop();
    const second = await start();
    await second.request('session/resume', { sessionId: session, cwd: project.workspace, mcpServers: [], ...trusted });
    assert.deepEqual(kinds(second), []);
    assert.deepEqual(await second.own('run/replay', { sessionId: session, afterSeq: lastSeq - 3 }), {
      fromSeq: lastSeq - 2,
      toSeq: lastSeq,
      count: 3,
    });
    assert.equal(kinds(second).length, 3);
    const { runs } = await second.own('run/list', { sessionId: session });
    assert.deepEqual(
      runs.map((run) => [run.runId, run.stop, run.verdict, run.patchIds.length]),
      [[runId, 'done', 'approve', 1]],
    );
    assert.ok(existsSync(runs[0].cassette));
    await assert.rejects(second.own('run/replay', { sessionId: session, runId: 'none' }), code(-32002, 'run'));
    const { sessions } = await second.request('session/list', { cwd: project.workspace });
    assert.deepEqual(
      sessions.map((one) => [one.sessionId, one._meta.codexSidecar]),
      [[session, { busy: false, lastStop: 'done' }]],
    );
    clean(second);
  }));

test('options and modes mirror each other, and only what is offered is taken', () =>
  bench({ capabilities: ours }, async ({ start }) => {
    const agent = await start();
    const session = await agent.open(trusted);
    const { configOptions } = await agent.set(session, 'level', 'safe_write');
    assert.equal(configOptions.find(({ id }) => id === 'level').currentValue, 'safe_write');
    assert.deepEqual(agent.updates.at(-1), { sessionUpdate: 'current_mode_update', currentModeId: 'safe_write' });
    await agent.request('session/set_mode', { sessionId: session, modeId: 'read_only' });
    assert.equal(agent.updates.at(-1).configOptions.find(({ id }) => id === 'level').currentValue, 'read_only');
    for (const [id, value] of [
      ['consilium', 'off'],
      ['review', 'auto'],
      ['review', 'hunks'],
      ['model', 'auto'],
    ]) {
      assert.equal((await agent.set(session, id, value)).configOptions.find((option) => option.id === id).currentValue, value);
    }
    await assert.rejects(agent.set(session, 'level', 'godmode'), code(-32602, 'unknown_value'));
    await assert.rejects(agent.set(session, 'colour', 'red'), code(-32602, 'unknown_value'));
    await assert.rejects(agent.request('session/set_mode', { sessionId: session, modeId: 'godmode' }), code(-32602, 'unknown_value'));
    clean(agent);
  }));

test('what is wrong gets its code, and the next request is served', () =>
  bench({ capabilities: ours, script: { gate: 'never' } }, async ({ project, start }) => {
    const agent = await start();
    const session = await agent.open(trusted);
    await assert.rejects(agent.prompt('s_none', task), code(-32002, 'session'));
    await assert.rejects(agent.prompt(session, '  '), code(-32602, 'empty_prompt'));
    await assert.rejects(agent.request('session/new', { cwd: 'here', mcpServers: [] }), code(-32602, 'cwd'));
    await assert.rejects(
      agent.request('session/load', { sessionId: 's_none', cwd: project.workspace, mcpServers: [] }),
      code(-32002, 'session'),
    );
    await assert.rejects(agent.request('session/list', { cursor: 'rubbish' }), code(-32602, 'cursor'));
    await assert.rejects(agent.own('no/such', { sessionId: session }), code(-32601, undefined));
    await assert.rejects(agent.own('hunks/decide', { sessionId: session, patchId: 'p1', decisions: [] }), code(-32002, 'patch'));
    await assert.rejects(agent.own('snapshot/diff', { sessionId: session, snapshotId: 'none' }), code(-32002, 'snapshot'));
    const prompt = agent.prompt(session, task);
    await agent.seen((update) => update.sessionUpdate === 'plan');
    await assert.rejects(agent.prompt(session, task), code(-32600, 'run_in_progress'));
    await assert.rejects(agent.own('hunks/decide', { sessionId: session, patchId: 'p1', decisions: [] }), code(-32600, 'run_in_progress'));
    await assert.rejects(agent.own('snapshot/restore', { sessionId: session, snapshotId: 'none' }), code(-32600, 'run_in_progress'));
    await agent.notify('session/cancel', { sessionId: session });
    await prompt;
    clean(agent);
  }));

test('one process a session and one run a workspace, over all processes', () =>
  bench({ capabilities: ours, script: { gate: 'never' } }, async ({ project, start }) => {
    const [first, second] = [await start(), await start()];
    const session = await first.open(trusted);
    const other = await second.open(trusted);
    await assert.rejects(
      second.request('session/load', { sessionId: session, cwd: project.workspace, mcpServers: [], ...trusted }),
      code(-32600, 'session_busy'),
    );
    const prompt = first.prompt(session, task);
    await first.seen((update) => update.sessionUpdate === 'plan');
    await assert.rejects(second.prompt(other, task), code(-32600, 'workspace_busy'));
    const { sessions } = await second.request('session/list', {});
    assert.equal(sessions.find(({ sessionId }) => sessionId === session)._meta.codexSidecar.busy, true);
    await assert.rejects(second.request('session/delete', { sessionId: session }), code(-32600, 'session_busy'));
    await first.request('session/close', { sessionId: session });
    assert.equal((await prompt).stopReason, 'cancelled');
    await second.request('session/load', { sessionId: session, cwd: project.workspace, mcpServers: [], ...trusted });
    clean(first);
    clean(second);
  }));

test('a folder that is not trusted is only read', () =>
  bench({ capabilities: ours }, async ({ project, start }) => {
    const agent = await start();
    const { sessionId, modes, configOptions } = await agent.request('session/new', { cwd: project.workspace, mcpServers: [] });
    assert.deepEqual(
      modes.availableModes.map(({ id }) => id),
      ['read_only'],
    );
    assert.deepEqual(
      configOptions[0].options.map(({ value }) => value),
      ['read_only'],
    );
    await assert.rejects(agent.set(sessionId, 'level', 'safe_write'), code(-32602, 'unknown_value'));
    const result = await agent.prompt(sessionId, task);
    assert.equal(result._meta.codexSidecar.stop, 'forbidden');
    assert.ok(!kinds(agent).includes('tests_started'));
    assert.equal(project.read(), broken);
    clean(agent);
  }));

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
    const { runId } = (await agent.prompt(session, task))._meta.codexSidecar;
    const { snapshots } = await agent.own('snapshot/list', { sessionId: session });
    assert.deepEqual(
      snapshots.map((one) => [one.runId, one.title, one.files]),
      [[runId, task, 3]],
    );
    const { snapshotId } = snapshots[0];
    const { files } = await agent.own('snapshot/diff', { sessionId: session, snapshotId });
    assert.deepEqual(
      files.map(({ path, change, truncated }) => [path, change, truncated]),
      [['src/sums.js', 'modified', false]],
    );
    assert.match(files[0].unified, /-  return a - b;\n\+  return a \+ b;/);

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
