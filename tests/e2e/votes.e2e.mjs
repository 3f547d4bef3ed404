import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './harness.mjs';
import { gated, scenario, threeHunks } from './world.mjs';

const roles = ['Director', 'Architect', 'Security', 'QA', 'Dev', 'Reviewer'];
const questions = roles.map((role) => `Your role is ${role}`);
// With a patch to look at, the panel folds the votes away: the checklist waits until the last one was seen.
const checklist = 'You are the Director';
const slow = (words) => gated(threeHunks(words), ...questions, checklist);

test(
  'six votes appear one by one, the panel decides, the report opens, undo run restores the bytes',
  scenario(
    { script: slow, settings: { 'workbench.colorTheme': 'Default Dark Modern' } },
    async ({ workbench, panel, solve, review, statusSays, openGate, text, picture }) => {
      const original = text('src/range.js');
      await workbench.open('range.js');
      await solve();
      await review('consilium');
      await panel.getByTestId('vote-director').waitFor({ timeout: 30000 });
      for (const [index, question] of questions.entries()) {
        const card = panel.getByTestId(`vote-${roles[index].toLowerCase()}`);
        assert.doesNotMatch(await card.textContent(), /Confidence/, `${roles[index]} has not voted yet`);
        await openGate(question);
        await card.filter({ hasText: 'Confidence' }).waitFor({ timeout: 30000 });
        if (index === 2) {
          await picture('1-three-votes');
        }
      }
      await openGate(checklist);
      await panel.getByTestId('tally').waitFor({ timeout: 30000 });
      await statusSays('3 of 3 hunks open');
      await picture('2-asked');
      await panel.getByTestId('answer-all').click();
      await review('done');
      assert.notEqual(text('src/range.js'), original);
      await workbench.command('Agent: Open report');
      await workbench.tab('report.md').waitFor({ timeout: 20000 });
      const preview = workbench.webview('vscode.markdown-language-features');
      await preview.getByText('parseRange').first().waitFor({ timeout: 20000 });
      await picture('3-report');

      await workbench.command('Agent: Undo run');
      await workbench.quickInput.locator('.quick-input-title').filter({ hasText: 'Agent: Undo run' }).waitFor();
      await workbench.quickInput.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'parseRange' }).first().click();
      await workbench.dialog('Put 1 files back').waitFor();
      await workbench.page.getByRole('button', { name: 'Put back' }).click();
      await until('the bytes are as before the run', () => text('src/range.js') === original);
    },
  ),
);
