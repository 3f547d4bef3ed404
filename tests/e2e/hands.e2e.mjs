// The ways to a decision other than the lenses: keyboard, gutter, comments.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './harness.mjs';
import { scenario, threeHunks } from './world.mjs';

test(
  'keyboard only: from the task to the decision',
  scenario({ script: threeHunks }, async ({ workbench, page, status, review, task, text, picture }) => {
    const original = text('src/range.js');
    await workbench.open('range.js');
    await workbench.type('Agent: Solve task');
    await workbench.input(task, 'Agent: Solve task');
    await review('3 of 3 hunks open');
    // Down from the first line is the second hunk, up from there the first.
    await workbench.type('Agent: Next hunk');
    const at = (line) => page.locator('.statusbar-item').filter({ hasText: `Ln ${line},` }).waitFor();
    await at(4);
    await workbench.type('Agent: Previous hunk');
    await at(1);
    const open = (count) => until(`${count} are open`, async () => (await status.textContent()).includes(`${count} of 3`));
    await page.keyboard.press('Alt+n');
    await open(2);
    await picture('1-one-rejected');
    // The cursor goes to the next hunk by itself.
    await at(4);
    await page.keyboard.press('Alt+y');
    await open(1);
    await at(10);
    await page.keyboard.press('Alt+y');
    await review('done');
    assert.match(text('src/range.js'), /function end\(text\)[^]*Math\.max\(1, from/);
    assert.equal(text('src/range.js').split('\n')[0], original.split('\n')[0], 'the rejected line is as it was');
    await picture('2-done');
  }),
);

test(
  'gutter and comments: rejected in the peek, rejected with a reason, accepted at a comment',
  scenario(
    { script: threeHunks, machine: { 'codexSidecar.review': 'auto' } },
    async ({ workbench, page, panel, solve, review, statusSays, text, picture }) => {
      await workbench.open('range.js');
      await solve();
      await review('3 of 3 hunks open');
      await panel.getByTestId('tests').waitFor();
      const solved = text('src/range.js');
      await page.locator('.monaco-editor .view-line').first().click();
      await page.keyboard.press('Control+Home');
      await workbench.command('Show Next Change');
      const peek = page.locator('.zone-widget');
      await peek.waitFor();
      await picture('1-peek');
      await peek.locator('.action-label[aria-label^="Reject hunk"]').click();
      await statusSays('2 of 3 hunks open');
      await until('one hunk is out of the file', () => text('src/range.js') !== solved);
      await page.keyboard.press('Escape');

      await workbench.command('Agent: Review all changes');
      await page.locator('.monaco-diff-editor').first().waitFor();
      const glyph = page.locator('.comment-range-glyph.comment-thread, .comment-thread-unresolved').first();
      await glyph.click();
      const thread = page.locator('.review-widget').first();
      await thread.waitFor();
      await picture('2-comment');
      await thread.locator('.action-label[aria-label^="Accept hunk"]').first().click();
      await statusSays('1 of 3 hunks open');
    },
  ),
);
