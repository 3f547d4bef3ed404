import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './harness.mjs';
import { scenario } from './world.mjs';

/** The patch also changes a test, which the sidecar never allows by itself. */
function bentTests(words) {
  const text = JSON.stringify(words);
  const bent = ['test/range.test.js', '```js', '<<<<<<< SEARCH', "  assert.deepEqual(parseRange('5-'), [5, null]);", '=======', '  assert.ok(true);', '>>>>>>> REPLACE', '```', ''];
  return JSON.parse(text.replace('"src/range.js","```js"', `${JSON.stringify(bent).slice(1, -1)},"src/range.js","\`\`\`js"`));
}

test(
  'a permission is denied: nothing is written',
  scenario({ script: bentTests, machine: { 'codexSidecar.review': 'auto' } }, async ({ panel, solve, text, statusSays, picture }) => {
    const original = text('src/range.js');
    const tests = text('test/range.test.js');
    await solve();
    const question = panel.getByTestId('question').filter({ hasText: 'existing tests' });
    await until(
      'the question is there',
      async () => {
        if (await panel.getByTestId('question').filter({ hasText: 'node --test' }).count()) {
          await panel.getByTestId('answer-once').click({ timeout: 2000 });
        }
        return question.count();
      },
      90000,
    );
    await until('it is in sight, above the task box', async () => {
      const [card, box] = await Promise.all([question.boundingBox(), panel.getByTestId('task').boundingBox()]);
      return card.y > 0 && card.y + card.height <= box.y;
    });
    await picture('asked');
    await question.getByTestId('answer-reject').click();
    await statusSays('stopped');
    assert.equal(text('src/range.js'), original);
    assert.equal(text('test/range.test.js'), tests);
    await picture('denied');
  }),
);

test(
  'Restricted Mode: the agent reads and proposes, nothing is written',
  scenario({ settings: { 'security.workspace.trust.enabled': true } }, async ({ workbench, panel, solve, text, statusSays, picture }) => {
    const original = text('src/range.js');
    await workbench.page.locator('.statusbar-item').filter({ hasText: 'Restricted Mode' }).waitFor({ timeout: 30000 });
    await solve();
    await panel.getByTestId('restricted').waitFor({ timeout: 30000 });
    await panel.getByTestId('option-level').waitFor({ state: 'attached' });
    const levels = await panel.getByTestId('option-level').locator('option').allTextContents();
    assert.equal(levels.length, 1);
    await statusSays('stopped');
    await picture('restricted');
    assert.equal(text('src/range.js'), original);
  }),
);

test(
  'no model server: what was tried, and the way on',
  scenario({ script: () => null, viewport: { width: 1000, height: 800 } }, async ({ workbench, panel, solve, statusSays, picture }) => {
    await solve();
    await workbench.notification('There is no model to work with').waitFor({ timeout: 60000 });
    assert.match(await workbench.notification('There is no model to work with').textContent(), /127\.0\.0\.1:9/);
    await statusSays('no model server');
    await panel.getByTestId('no-model').waitFor();
    await picture('down');
    await workbench.command('Agent: Run doctor');
    await workbench.tab('Agent doctor').waitFor({ timeout: 60000 });
    await picture('doctor');
  }),
);
