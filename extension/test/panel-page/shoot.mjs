// node extension/test/panel-page/shoot.mjs KIT FOLDER [STATE…]: pictures of the panel in every state, theme and width, to be looked at.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openPanel } from './open.mjs';

const [kit, folder, ...only] = process.argv.slice(2);
const options = process.env.PANEL_LANGUAGE ? { language: process.env.PANEL_LANGUAGE, locale: 'ru' } : {};
const panel = await openPanel(kit, options);
mkdirSync(folder, { recursive: true });
for (const name of panel.names.filter((one) => only.length === 0 || only.includes(one))) {
  for (const [theme, width] of [
    ['dark', 320],
    ['light', 250],
    ['high-contrast', 320],
    ['high-contrast-light', 600],
    ['dark', 600],
  ]) {
    const { page, faults } = await panel.show(name, { theme, width });
    await page.screenshot({ path: join(folder, `${name}-${theme}-${width}.png`), fullPage: true });
    faults.forEach((fault) => console.error(`${name} ${theme} ${width}: ${fault}`));
    await page.close();
  }
}
await panel.close();
