// Every recorded request of real clients (tests/fixtures/captures), sent as it was to a real process.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { root } from '../../scripts/run.mjs';
import { broken } from '../acp/project.mjs';
import { bench, events, read, runs, send } from './serve.mjs';

const folder = join(root, 'tests', 'fixtures', 'captures');
const captures = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name: name.slice(0, -5), ...JSON.parse(readFileSync(join(folder, name), 'utf8')) }));

/** As it came over the wire, with this test's token and port; the model's name is ours where the recording has the user's. */
function replay(server, { method, path, headers, body }) {
  const given = Object.fromEntries(headers.map(([name, value]) => [name, value.replace('TEST-TOKEN', server.token)]));
  const named = JSON.stringify({ ...body, model: body.model === 'my-lora' ? 'codex-sidecar' : body.model });
  return send(server, method, path, {
    token: null,
    headers: { ...given, host: `127.0.0.1:${server.port}`, 'content-length': Buffer.byteLength(named) },
    body: named,
  });
}

/** What the user's model says when it is asked without a run, or plans in one. */
const rules = [
  { path: '/v1/completions', reply: { body: JSON.stringify({ id: 'c', object: 'text_completion', choices: [{ index: 0, text: 'from the model', finish_reason: 'stop' }] }) } },
  { any: 'Create a comprehensive summary', reply: 'from the model' },
  { any: 'Please provide a concise summary', reply: 'from the model' },
  { any: 'The user has requested a section of code', reply: 'from the model' },
  { any: 'SUGGESTED EDIT:', reply: 'from the model' },
];

const answered = { title: 'ours', compaction: 'model', edit: 'model', apply: 'model', passthrough: 'model', task: 'run' };

test('the captures are there, and all their classes are known', () => {
  assert.equal(captures.length, 12);
  assert.deepEqual([...new Set(captures.map((capture) => capture.class))].filter((kind) => !answered[kind]), []);
});

for (const capture of captures) {
  test(`${capture.name}: ${capture.class}${capture.readOnly ? ', read only' : ''}`, () =>
    bench({ args: ['--level', 'safe_write', '--consilium', 'off'], rules }, async ({ project, server, asked }) => {
      const answer = await replay(server, capture);
      assert.equal(answer.status, 200, answer.text);
      const text = capture.body.stream ? (answer.text.startsWith('data:') ? read(answer.text).contents.join('') : answer.text) : answer.text;
      const by = answered[capture.class];
      assert.equal(runs(project).length, by === 'run' ? 1 : 0);
      if (by === 'ours') {
        assert.equal(asked().length, 0, 'a title wakes no model');
        assert.ok(text.trim().length > 0);
      } else if (by === 'model') {
        assert.match(text, /from the model/);
        assert.equal(asked().length, 1);
      } else {
        const [run] = runs(project);
        const started = events(project, run).find((event) => event.kind === 'run_started');
        assert.equal(started.level, capture.readOnly ? 0 : 1);
        assert.match(text, new RegExp(`Run ${run}`));
        if (JSON.stringify(capture.body.messages).includes('Working directory: /workspace')) {
          assert.equal(read(answer.text).thoughts[0], `The client says that it works in /workspace; this server works in ${project.workspace}\n`);
        }
        assert.ok(!started.task.includes('<important_rules>'));
        if (capture.readOnly) {
          assert.equal(project.read(), broken);
        }
      }
      if (capture.body.stream && answer.text.startsWith('data:') && capture.path.includes('chat')) {
        assert.ok(read(answer.text).isDone);
        assert.equal(answer.headers['content-type'], 'text/event-stream');
      }
    }));
}
