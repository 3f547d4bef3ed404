// The user's own model as a client sees it through codex-sidecar-chat: what was asked for goes there, and what it says comes back.
import assert from 'node:assert/strict';
import test from 'node:test';
import { bench, post, send } from './serve.mjs';

const plain = ['--level', 'read_only', '--consilium', 'off'];
const props = (window) => ({ '/props': { default_generation_settings: { n_ctx: window }, total_slots: 1 } });
const chat = (more = {}) => ({ model: 'codex-sidecar-chat', messages: [{ role: 'user', content: 'Name a color.' }], ...more });
const asking = (reply) => [{ last: 'Name a color.', reply }];
const bodies = (asked) => asked().filter(({ path }) => path.endsWith('/chat/completions')).map(({ body }) => body);

test("a chat's wishes go to the server as they are, and nothing is added to them", () =>
  bench({ args: plain, rules: asking('Blue.') }, async ({ server, asked }) => {
    const wishes = {
      temperature: 1.5,
      top_p: 0.9,
      top_k: 20,
      min_p: 0.05,
      seed: 5,
      stop: ['\n\n', 'END'],
      presence_penalty: 0.1,
      frequency_penalty: -0.1,
      repeat_penalty: 1.1,
      logit_bias: { 15: -100 },
      response_format: { type: 'json_object' },
      reasoning_effort: 'low',
    };
    await post(server, chat({ ...wishes, max_tokens: 33, stream: true, user: 'me', tools: [], n: 1 }));
    await post(server, chat({ max_completion_tokens: 44 }));
    await post(server, chat());
    const [all, limited, none] = bodies(asked);
    for (const [name, value] of Object.entries(wishes)) {
      assert.deepEqual(all[name], value, name);
    }
    assert.deepEqual([all.max_tokens, limited.max_tokens], [33, 44]);
    assert.ok(none.max_tokens > 0, 'a local model without a limit may never end');
    for (const name of ['temperature', 'seed', 'stop', 'user', 'tools', 'n']) {
      assert.ok(!(name in none), `${name} is the server's business`);
    }
    assert.deepEqual(['user' in all, 'tools' in all, 'n' in all], [false, false, false]);
  }));

test('an edit comes out the same each time, unless the client wants it otherwise', () => {
  const edit = { role: 'user', content: 'The user has requested a section of code in a file to be rewritten. add' };
  return bench({ args: plain, rules: [{ last: 'section of code', reply: 'code' }] }, async ({ server, asked }) => {
    await post(server, { model: 'codex-sidecar', messages: [edit] });
    await post(server, { model: 'codex-sidecar', messages: [edit], temperature: 0.7 });
    assert.deepEqual(
      bodies(asked).map(({ temperature, seed }) => [temperature, seed]),
      [
        [0.2, 0],
        [0.7, 0],
      ],
    );
  });
});

for (const stream of [true, false]) {
  test(`the end and the count are the server's own (${stream ? 'streamed' : 'in one piece'})`, () => {
    const usage = { prompt: 40, output: 16, cached: 32 };
    const rules = [
      { last: 'Name a color.', times: 1, reply: { text: 'It is a kind of', finish: 'length', usage } },
      // A stop word of the client may cut inside a fence: that is no cut reply.
      { last: 'Name a color.', times: 1, reply: { text: '```\nblue\n', finish: 'stop', usage } },
      { last: 'Name a color.', times: 1, reply: { text: 'It', finish: 'content_filter', usage } },
      { last: 'Name a color.', reply: { text: 'It', finish: 'abort', usage: null } },
    ];
    return bench({ args: plain, rules }, async ({ server }) => {
      const ends = [];
      for (let count = 0; count < 4; count++) {
        const answer = await post(server, chat({ stream, stream_options: { include_usage: true } }));
        const whole = stream ? { finish: answer.finish[0], usage: answer.usage } : { finish: JSON.parse(answer.text).choices[0].finish_reason, usage: JSON.parse(answer.text).usage };
        ends.push(whole.finish);
        if (count === 0) {
          assert.deepEqual(whole.usage, { prompt_tokens: 40, completion_tokens: 16, total_tokens: 56, prompt_tokens_details: { cached_tokens: 32 } });
        }
        assert.ok(whole.usage.total_tokens > 0);
      }
      assert.deepEqual(ends, ['length', 'stop', 'content_filter', 'length']);
    });
  });
}

test('the window that clients see is that of the server', () =>
  bench({ args: plain, model: { paths: props(8192) } }, async ({ server, model, asked }) => {
    const list = JSON.parse((await send(server, 'GET', '/v1/models')).text).data;
    assert.equal(list.find(({ id }) => id === 'codex-sidecar-chat').context_length, 8192);
    assert.equal(JSON.parse((await send(server, 'GET', '/v1/models/codex-sidecar-chat')).text).context_length, 8192);
    assert.ok(list.find(({ id }) => id === 'codex-sidecar').context_length > 8192, 'the agent measures out what its model gets');
    // Another of ours that looks for servers does not make this one look in turn.
    const looked = JSON.parse((await send(server, 'GET', '/v1/models', { headers: { 'user-agent': 'codex-sidecar' } })).text).data;
    assert.ok(!('context_length' in looked.find(({ id }) => id === 'codex-sidecar-chat')));
    assert.deepEqual([asked().length, model.url.length > 0], [0, true]);
  }));

test('where there is no model, no window is promised', () =>
  bench({ args: plain, rules: [{ path: '/v1/models', reply: { status: 401, body: 'no' } }] }, async ({ server }) => {
    const list = JSON.parse((await send(server, 'GET', '/v1/models')).text).data;
    assert.ok(!('context_length' in list.find(({ id }) => id === 'codex-sidecar-chat')));
  }));
