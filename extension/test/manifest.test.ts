import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

test('activation is by commands and views only', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { activationEvents: string[] };
  assert.deepEqual(
    manifest.activationEvents.filter((event) => !event.startsWith('onFileSystem:')),
    [],
  );
});
