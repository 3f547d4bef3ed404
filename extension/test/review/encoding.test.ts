import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf } from '../../src/review/encoding';

const text = 'café\n';
const utf8 = new TextEncoder().encode(text);
const codePage = Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x0a);

test('the text of a file that is not there, not yet or no more, is UTF-8', () => {
  assert.deepEqual(bytesOf(text, undefined), utf8);
});

test('a text has the encoding of its file: UTF-8, or the bytes of an old code page', () => {
  assert.deepEqual(bytesOf(text, utf8), utf8);
  assert.deepEqual(bytesOf(text, codePage), codePage);
  assert.deepEqual(bytesOf('кафе', codePage), new TextEncoder().encode('кафе'), 'what does not fit into one byte each is UTF-8');
});
