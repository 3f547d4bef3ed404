/* global document, window, addEventListener */
// Opens the panel's real page in Chromium, with its real content security policy, in place of the editor: a state in, messages out.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { themes } from './themes.mjs';

const here = 'extension/test/panel-page';
const origin = 'http://panel.localhost';

/** The states, the words and the panel itself, of the extension's own code; `language` names a translation file. */
export async function load(language) {
  const folder = mkdtempSync(join(tmpdir(), 'panel-page-'));
  const outfile = join(folder, 'states.cjs');
  const alias = { vscode: `./${here}/vscode.ts` };
  await build({ entryPoints: [`${here}/states.ts`], bundle: true, platform: 'node', format: 'cjs', alias, outfile, logLevel: 'warning' });
  process.env.EXTENSION_BUNDLE = language ?? '';
  const loaded = createRequire(import.meta.url)(outfile);
  const result = { ...loaded, words: loaded.words(), phrases: loaded.phrases() };
  rmSync(folder, { recursive: true });
  return result;
}

/** @param kit the folder that holds bin/chromium and node_modules/playwright-core */
export async function openPanel(kit, { language, locale = 'en' } = {}) {
  const { chromium } = createRequire(join(kit, 'package.json'))('playwright-core');
  const browser = await chromium.launch({ executablePath: join(kit, 'bin/chromium'), args: ['--no-sandbox', '--disable-gpu'] });
  const own = await load(language);

  /** @returns the page, the messages it sent and what went wrong in it */
  async function show(name, { theme = 'dark', width = 320, height = 900 } = {}) {
    const page = await browser.newPage({ viewport: { width, height }, locale, timezoneId: 'UTC' });
    const said = [];
    const faults = [];
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(String(error)));
    await page.exposeFunction('panelSaid', (message) => said.push(message));
    await page.clock.setFixedTime('2026-11-25T00:25:21Z');
    await page.addInitScript(
      ([variables, kind]) => {
        let kept;
        globalThis.acquireVsCodeApi = () => ({
          postMessage: (message) => globalThis.panelSaid(message),
          getState: () => kept,
          setState: (state) => (kept = state),
        });
        addEventListener('DOMContentLoaded', () => {
          document.body.classList.add(`vscode-${kind}`);
          document.documentElement.style.colorScheme = kind.includes('light') ? 'light' : 'dark';
          for (const [key, value] of Object.entries(variables)) {
            document.documentElement.style.setProperty(`--vscode-${key}`, value);
          }
        });
      },
      [themes[theme], theme],
    );
    const html = own.page({ nonce: 'n0', source: origin, locale, uri: (file) => `${origin}/${file}` });
    const types = { css: 'text/css', js: 'text/javascript', ttf: 'font/ttf' };
    await page.route(`${origin}/**`, (route) => {
      const file = new URL(route.request().url()).pathname.slice(1);
      const known = /^(panel\.(css|js)|codicon\.(css|ttf))$/.test(file);
      return known
        ? route.fulfill({ body: readFileSync(`out/extension/${file}`), contentType: types[file.split('.').at(-1)] })
        : route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' });
    });
    await page.goto(`${origin}/`);
    const post = (message) => page.evaluate((one) => window.postMessage(one, '*'), message);
    const { words, phrases, states } = own;
    await post({ type: 'state', words, phrases, locale, state: states[name] });
    await page.locator('[data-testid=task]').waitFor();
    await page.evaluate(() => document.fonts.ready);
    return { page, said, faults, post };
  }
  return { show, names: Object.keys(own.states), states: own.states, close: () => browser.close() };
}
