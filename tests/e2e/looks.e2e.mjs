// Pictures for eyes: the solved run in every theme and in a narrow panel. The panel itself is checked in extension/test/panel-page.
import { test } from 'node:test';
import { until } from './harness.mjs';
import { scenario, threeHunks } from './world.mjs';

/** By the names of the editor's own list, and the class that the workbench has then. */
const themes = [
  ['light', 'Light Modern', 'vs'],
  ['dark', 'Dark Modern', 'vs-dark'],
  ['high-contrast', 'Dark High Contrast', 'hc-black'],
];

test(
  'light, dark, high contrast and narrow',
  scenario(
    { script: threeHunks, machine: { 'codexSidecar.review': 'auto' } },
    async ({ workbench, page, panel, solve, review, picture }) => {
      await workbench.open('range.js');
      await solve();
      await review('3 of 3 hunks open');
      await panel.getByTestId('tests').waitFor();
      for (const [name, theme, kind] of themes) {
        await workbench.command('Preferences: Color Theme');
        await workbench.quickInput.locator('input[type="text"]').first().fill(theme);
        await workbench.quickInput.locator('.quick-input-list .monaco-list-row').filter({ hasText: theme }).first().click();
        await page.locator(`.monaco-workbench.${kind}`).waitFor();
        await workbench.quickInput.waitFor({ state: 'hidden' });
        await picture(name);
      }
      const side = await page.locator('.part.sidebar').boundingBox();
      const edge = side.x + side.width;
      await page.mouse.move(edge, side.y + 400);
      await page.mouse.down();
      await page.mouse.move(side.x + 190, side.y + 400, { steps: 5 });
      await page.mouse.up();
      await until('the panel is narrow', async () => (await page.locator('.part.sidebar').boundingBox()).width < 220);
      await picture('narrow');
    },
  ),
);
