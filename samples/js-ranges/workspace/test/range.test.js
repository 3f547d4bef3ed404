import { test } from 'node:test';
import assert from 'node:assert/strict';
import { pages, parseRange } from '../src/range.js';

test('a closed range has two ends', () => {
  assert.deepEqual(parseRange('3-7'), [3, 7]);
});

test('a range without an end is open', () => {
  assert.deepEqual(parseRange('5-'), [5, null]);
});

test('a range without a beginning is open', () => {
  assert.deepEqual(parseRange('-5'), [null, 5]);
});

test('an open range ends with the document', () => {
  assert.deepEqual(pages('8-', 10), [8, 9, 10]);
});
