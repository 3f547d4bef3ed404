// Whole conversations of the built program with the official SDK; every raw line of them is valid by ACP's schema.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
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
    // The commands of a new session may be told before or after.
    const last = (kind) => agent.updates.findLast((update) => update.sessionUpdate === kind);
    await agent.seen((update) => update.sessionUpdate === 'current_mode_update');
    assert.equal(last('current_mode_update').currentModeId, 'safe_write');
    await agent.request('session/set_mode', { sessionId: session, modeId: 'read_only' });
    await agent.seen((update) => update.sessionUpdate === 'config_option_update');
    assert.equal(last('config_option_update').configOptions.find(({ id }) => id === 'level').currentValue, 'read_only');
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
