import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mcpArguments } from '../../src/sidecar/mcpArguments';

test('another agent gets the level of the settings', () => {
  assert.deepEqual(mcpArguments('/work space', 'run_tests', true), ['mcp', '--workspace', '/work space', '--level', 'run_tests']);
});

test('another agent only reads where no level was chosen or the folder is not trusted', () => {
  assert.equal(mcpArguments('/a', null, true).at(-1), 'read_only');
  assert.equal(mcpArguments('/a', 'extended_shell', false).at(-1), 'read_only');
});
