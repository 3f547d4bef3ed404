import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grown, noText, whole } from '../../src/run/longText';

const limit = 4 << 20;

test('of a long text the end is kept, to the character', () => {
  let text = noText;
  let all = '';
  for (let piece = 0; piece < 100; piece++) {
    const added = `${piece} `.repeat(20_000);
    text = grown(text, added);
    all += added;
    assert.equal(whole(text), all.slice(-limit));
  }
  assert.ok(text.length < limit + 200_000 && text.blocks.length <= 66, `${text.length} in ${text.blocks.length}`);
  assert.equal(whole(grown(text, 'x'.repeat(2 * limit))), 'x'.repeat(limit));
});

test('adding to a text that is full costs no more than to an empty one', () => {
  let text = grown(noText, 'x'.repeat(limit));
  for (let piece = 0; piece < 50_000; piece++) {
    text = grown(text, 'a line of output\n');
  }
  assert.ok(whole(text).endsWith('a line of output\n'));
});
