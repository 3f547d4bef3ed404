import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './harness.mjs';
import { scenario, threeHunks } from './world.mjs';

test(
  "review after: a hunk is rejected in the tested file, Ctrl+Z brings it back, undo run keeps the user's own line",
  scenario(
    { script: threeHunks, machine: { 'codexSidecar.review': 'auto' } },
    async ({ workbench, page, solve, review, statusSays, text, picture }) => {
      const original = text('src/range.js');
      await workbench.open('range.js');
      await solve();
      await review('3 of 3 hunks open');
      const solved = text('src/range.js');
      assert.notEqual(solved, original, 'it is written and tested');
      await until('the new lines have their lenses', async () => (await workbench.codeLens('✓ Accept +').count()) === 3);
      await picture('1-solved');

      const rejected = solved.replace('; a missing end is null. */', '. */');
      await workbench.press('✗ Reject', () => text('src/range.js') === rejected);
      await statusSays('2 of 3 hunks open');
      await until('the editor shows it', async () => !(await workbench.shown()).includes('a missing'));

      // The editor's own undo takes the reject back; saved, the hunk is open again.
      await page.locator('.monaco-editor .view-line').first().click();
      await page.keyboard.press('Control+z');
      await page.keyboard.press('Control+s');
      await until('the hunk is on disk again', () => text('src/range.js') === solved);
      await statusSays('3 of 3 hunks open');

      await workbench.command('Agent: Review all changes');
      await workbench.tab('Agent changes').waitFor();
      await page.locator('.monaco-diff-editor').first().waitFor();
      await picture('2-all-changes');

      await workbench.command('Agent: Undo run');
      await workbench.quickInput.locator('.quick-input-title').filter({ hasText: 'Agent: Undo run' }).waitFor();
      await workbench.quickInput.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'parseRange' }).first().click();
      await workbench.dialog('Put 1 files back').waitFor();
      await picture('3-undo');
      await workbench.page.getByRole('button', { name: /^Put back/ }).click();
      // What the user put back by hand is theirs.
      const own = original.replace('. */', '; a missing end is null. */');
      await until('the rest is as before the run', () => text('src/range.js') === own);
      await until('nothing is left to review', async () => (await workbench.codeLens('✓ Accept +').count()) === 0);
    },
  ),
);
