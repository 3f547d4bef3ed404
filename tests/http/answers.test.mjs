// What a chat client gets, byte for byte; how much of it; and in which session its conversation goes on.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { root } from '../../scripts/run.mjs';
import { broken, task } from '../acp/project.mjs';
import { bench, post, runs, send, taskBody } from './serve.mjs';

const plain = ['--level', 'run_tests', '--consilium', 'off'];
const reading = ['--level', 'read_only', '--consilium', 'off'];
const sessionOf = (project, run) => JSON.parse(readFileSync(join(project.home, 'state', 'runs', run, 'run.json'), 'utf8')).sessionId;
const user = (content) => ({ role: 'user', content });
const assistant = (content) => ({ role: 'assistant', content });

/** Told where only the second sandbox works, or no shadow (then files have to be put back); the rest of the stream is the same there. */
const aboutTheSandbox = /data: [^\n]*"reasoning_content":"(The second-best sandbox: |No shadow: |Rolled back )[^\n]*\n\n/g;

/** Without what differs from run to run, and from machine to machine: ids, the time, signs of life in a long silence, folders, the sandbox. */
const steady = (text, project) =>
  text
    .replace(aboutTheSandbox, '')
    .replaceAll(': keep-alive\n\n', '')
    .replaceAll(project.folder, '/tmp/project')
    .replace(/chatcmpl-\w+/g, 'chatcmpl-ID')
    .replace(/"created":\d+/g, '"created":0')
    .replace(/\d{8}-\d{6}-[0-9a-f]{6}/g, 'RUN');

function golden(name, text) {
  const file = join(root, 'tests', 'http', 'golden', name);
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
  }
  assert.equal(text, readFileSync(file, 'utf8'), `UPDATE_GOLDEN=1 writes ${name} anew`);
}

const overflow = { path: '/v1/chat/completions', reply: { status: 400, text: "This model's maximum context length is 4096 tokens. However, your messages resulted in 9000 tokens." } };
const rows = [
  { name: 'solved.sse', args: ['--level', 'run_tests'] },
  { name: 'read-only.sse', args: reading },
  { name: 'title.sse', args: plain, body: { messages: [user('Given the following... please reply with a title\n\nadd and twice give wrong results')] } },
  { name: 'chat.sse', args: plain, body: { model: 'codex-sidecar-chat', messages: [user('hello')] }, rules: [{ any: 'hello', reply: 'Hello to you.' }] },
  { name: 'tests-fail.sse', args: plain, rules: [{ any: 'Carry out the plan', reply: ['src/sums.js', '```js', ...broken.trimEnd().replace('a - b', 'a * b').split('\n'), '```'] }] },
];

for (const { name, args, body, rules = [] } of rows) {
  test(`the stream of ${name}`, () =>
    bench({ args, rules }, async ({ project, server }) => {
      const { text } = await post(server, taskBody({ stream_options: { include_usage: true }, ...body }));
      golden(name, steady(text, project));
    }));
}

test('a task that does not fit into the model is an error with the code that clients know, and is not asked for again', () =>
  bench({ args: plain, rules: [overflow] }, async ({ project, server }) => {
    const { status, error, contents, isDone } = await post(server, taskBody());
    assert.deepEqual([status, error.code, error.type, contents, isDone], [200, 'context_length_exceeded', 'invalid_request_error', [], true]);
    assert.match(error.message, /context/);
    assert.equal(project.read(), broken);
    const chat = await post(server, { model: 'codex-sidecar-chat', stream: true, messages: [user('hello')] });
    assert.equal(chat.error.code, 'context_length_exceeded');
  }));

test('max_tokens caps the text that a client gets and never the run; a patch comes whole or not at all', () =>
  bench({ args: reading }, async ({ project, server }) => {
    const [whole] = (await post(server, taskBody())).contents;
    assert.match(whole, /```diff src\/sums\.js\n[^]*```$/);
    const [words] = (await post(server, taskBody({ max_tokens: Math.floor(whole.length / 4) - 1 }))).contents;
    assert.ok(steady(whole, project).startsWith(`${steady(words, project)}\n\n\`\`\`diff`), words);
    const one = await post(server, taskBody({ max_completion_tokens: 5, stream: false }));
    const { choices, usage } = JSON.parse(one.text);
    assert.equal(choices[0].message.content, `${whole.slice(0, 19)}…`);
    assert.equal(usage.completion_tokens, 5);
    const [last] = (await post(server, taskBody({ max_tokens: 2 ** 31 - 1 }))).contents;
    assert.equal(steady(last, project), steady(whole, project));
  }));

test('a conversation is one session; changed words and a new beginning are another one', () =>
  bench({ args: plain }, async ({ project, server }) => {
    const ask = async (...messages) => {
      project.write(broken);
      const before = runs(project);
      const answer = await post(server, taskBody({ messages }));
      assert.equal(answer.thoughts.filter((line) => line === 'Stage 1 of 7: analysis\n').length, 1, 'only its own run is told');
      const [run] = runs(project).filter((one) => !before.includes(one));
      return { said: answer.contents.join(''), session: sessionOf(project, run) };
    };
    const system = { role: 'system', content: 'It is Monday.' };
    const first = await ask(system, user(task));
    const second = await ask({ ...system, content: 'It is Tuesday.' }, user(task), assistant(`${first.said}\n`), user('Look at src/sums.js again.'));
    assert.equal(second.session, first.session);
    const third = await ask(user(task), assistant(first.said), user('Look at src/sums.js again.'), assistant(second.said), user('And once more.'));
    assert.equal(third.session, first.session);
    const edited = await ask(user('Another beginning.'), assistant(first.said), user('Look at src/sums.js again.'));
    const anew = await ask(user('A third beginning.'));
    assert.equal(new Set([first, edited, anew].map((one) => one.session)).size, 3);
  }));

test('a picture is refused in words, wherever it is in the last message', () =>
  bench({ args: plain }, async ({ server, asked, project }) => {
    const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
    for (const model of ['codex-sidecar', 'codex-sidecar-plan', 'codex-sidecar-chat']) {
      const { status, text } = await send(server, 'POST', '/v1/chat/completions', { body: { model, messages: [{ role: 'user', content: [{ type: 'text', text: task }, picture] }] } });
      assert.deepEqual([status, JSON.parse(text).error.code], [400, 'image_unsupported']);
    }
    assert.deepEqual([asked().length, runs(project).length], [0, 0]);
  }));

for (const stream of [true, false]) {
  test(`an edit whose reply breaks off is an error, never half a text before a whole one (${stream ? 'streamed' : 'in one piece'})`, () => {
    const code = 'function add(a, b) {\n  return a + b;\n}\n';
    const rules = [
      { last: 'section of code', times: 1, reply: { text: code, pieces: 8, cutAfter: 700 } },
      { last: 'section of code', reply: code },
    ];
    const ask = 'The user has requested a section of code in a file to be rewritten. add';
    return bench({ args: plain, rules }, async ({ server }) => {
      const { text } = await send(server, 'POST', '/v1/chat/completions', { body: { model: 'codex-sidecar', stream, messages: [user(ask)] } });
      assert.match(text, /"error":\{.*broke the connection/);
      assert.doesNotMatch(text, /"content":"[^"]*broke the connection/);
      assert.doesNotMatch(text, /"finish_reason":"stop"/);
    });
  });
}

test('a completion that the model server breaks off does not look like a whole one', () => {
  const body = JSON.stringify({ id: 'x', object: 'text_completion', choices: [{ index: 0, text: 'a'.repeat(40) }] });
  return bench({ args: plain, rules: [{ path: '/v1/completions', reply: { body, pieces: 20, cutAfter: 60 } }] }, async ({ server }) => {
    const answer = await send(server, 'POST', '/v1/completions', { body: { prompt: 'a' } }).catch((error) => ({ cut: error.code === 'ECONNRESET' }));
    assert.ok(answer.cut, answer.text);
  });
});
