import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './harness.mjs';
import { scenario, threeHunks } from './world.mjs';

const accepted = (original) =>
  original
    .replace(
      '  return [parseInt(from, 10), parseInt(to, 10)];',
      '  return [end(from), end(to)];\n}\n\nfunction end(text) {\n  return text ? parseInt(text, 10) : null;',
    )
    .replace('from ?? 1;', 'Math.max(1, from ?? 1);');

test(
  'two hunks accepted, one rejected, Ctrl+Z',
  scenario({ script: threeHunks }, async ({ workbench, page, panel, status, solve, review, text, picture }) => {
    const original = text('src/range.js');
    await workbench.open('range.js');
    await solve();
    await review('3 of 3 hunks open');
    assert.equal(text('src/range.js'), original, 'nothing is written before the user has decided');
    await until('three hunks have their lenses', async () => (await workbench.codeLens('✓ Accept +').count()) === 3);
    await panel.getByTestId('question').waitFor();
    await picture('1-asked');

    const open = (count) => async () => (await status.textContent()).includes(`${count} of 3`);
    await workbench.press('✗ Reject', open(2));
    await workbench.press('✓ Accept +', open(1));
    await picture('2-marked');
    await workbench.press('✓ Accept +', () => text('src/range.js') === accepted(original));
    await review('done');
    await picture('3-done');

    await until('the editor shows it', async () => (await workbench.shown()).includes('Math.max(1,'));

    // Ctrl+Z in the editor gives the text of before; on disk when the user saves.
    await page.locator('.monaco-editor .view-line').first().click();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+s');
    await until('undone and saved', () => text('src/range.js') === original);
  }),
);
