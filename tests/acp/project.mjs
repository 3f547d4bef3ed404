// A small project with two failing tests, and the words of the model that repairs it with a patch of three hunks.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const file = (one, two, three) =>
  `export function add(a, b) {\n  return ${one};\n}\n\nexport function twice(n) {\n  return ${two};\n}\n\nexport function half(n) {\n  return ${three};\n}\n`;

export const broken = file('a - b', 'n * 3', 'n / 3');
export const repaired = file('a + b', 'n * 2', 'n / 2');
/** The third hunk left out; the tests do not look at half. */
export const withoutHalf = file('a + b', 'n * 2', 'n / 3');
export const task = 'add and twice give wrong results; repair all of src/sums.js.';

const tests = `import { test } from 'node:test';
import assert from 'node:assert/strict';
import { add, twice } from '../src/sums.js';
test('add', () => assert.equal(add(2, 3), 5));
test('twice', () => assert.equal(twice(4), 8));
`;

const role = (name, verdict = 'approve') => ({
  last: `Your role is ${name}`,
  reply: [
    'REASON: The three functions are wrong in one place each.',
    `VERDICT: ${verdict}`,
    'DECISION: Repair the three lines.',
    'RISK: none',
    'CHECK: node --test',
    'CONFIDENCE: 8',
  ],
});

/** @param {{ gate?: string }} options gate: the plan waits for this gate, which nobody opens */
export const script = ({ gate } = {}) => ({
  models: ['written-for-these-tests'],
  rules: [
    { last: 'Which files matter', reply: ['FILE: src/sums.js', 'NOTE: each function has one wrong operator or number.'] },
    {
      last: 'Plan the change',
      reply: {
        text: ['STEP: Put the right operator or number in each of the three functions.', 'FILE: src/sums.js'],
        ...(gate ? { gates: { '-1': gate } } : {}),
      },
    },
    ...['Director', 'Architect', 'Security', 'QA', 'Dev', 'Reviewer'].map((name) => role(name)),
    { last: 'You are the Director', reply: ['ITEM: Repair the three functions | src/sums.js | node --test passes'] },
    {
      last: 'Carry out the plan',
      reply: { pieces: 40, text: ['The three lines are right now.', '', 'src/sums.js', '```js', ...repaired.trimEnd().split('\n'), '```'] },
    },
  ],
});

/** A workspace with state of its own; nothing outside of it is touched. */
export function makeProject() {
  const folder = mkdtempSync(join(tmpdir(), 'codex-sidecar-acp-'));
  const workspace = join(folder, 'workspace');
  const source = join(workspace, 'src', 'sums.js');
  mkdirSync(join(workspace, 'src'), { recursive: true });
  mkdirSync(join(workspace, 'test'));
  writeFileSync(join(workspace, 'package.json'), '{ "type": "module", "private": true, "scripts": { "test": "node --test" } }\n');
  writeFileSync(source, broken);
  writeFileSync(join(workspace, 'test', 'sums.test.js'), tests);
  return {
    folder,
    workspace,
    source,
    home: join(folder, 'home'),
    read: () => readFileSync(source, 'utf8'),
    write: (text) => writeFileSync(source, text),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
