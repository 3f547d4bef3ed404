import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './harness.mjs';
import { scenario } from './world.mjs';

const before = `/** Reads a range such as "3-7" and returns [from, to]. */
export function parseRange(text) {
  const [from, to] = text.split('-');
  return [parseInt(from, 10), parseInt(to, 10)];
}
`;
const accepted = `/** Reads a range such as "3-7" and returns [from, to]. */
export function parseRange(text) {
  const [from, to] = text.split('-');
  return [end(from), end(to)];
}

function end(text) {
  return text ? parseInt(text, 10) : null;
}
`;
const rest = (text) => text.slice(text.indexOf('\n/** Lists the pages'));

test(
  'two hunks accepted, one rejected, Ctrl+Z',
  scenario({}, async ({ workbench, page, solve, statusSays, text, picture }) => {
    const original = text('src/range.js');
    await workbench.open('range.js');
    await solve();
    await statusSays('waits for you, 3 of 3 hunks open');
    assert.equal(text('src/range.js'), original, 'nothing is written before the user has decided');
    await until('three hunks have their lenses', async () => (await workbench.codeLens('Accept').count()) === 3);
    await picture('1-asked');

    await workbench.codeLens('Reject').first().click();
    await workbench.codeLens('Rejected').waitFor();
    await workbench.codeLens('✓ Accept +').first().click();
    await statusSays('1 of 3 hunks open');
    await picture('2-marked');
    await workbench.codeLens('✓ Accept +').first().click();

    await until('the accepted hunks are on disk', () => text('src/range.js') === accepted + rest(original));
    await statusSays('done');
    await picture('3-done');

    // Ctrl+Z in the editor gives the text of before; on disk when the user saves.
    await page.locator('.monaco-editor .view-line').first().click();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+s');
    await until('undone and saved', () => text('src/range.js') === before + rest(original));
  }),
);
