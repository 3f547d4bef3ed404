// Starts a private VS Code (code-server) and drives its workbench in headless Chromium, the way a person would.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

/** Settings that make a fresh profile quiet and its layout the same every time. */
const quiet = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'window.commandCenter': false,
  'window.menuBarVisibility': 'compact',
  'window.confirmBeforeClose': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'remote.autoForwardPorts': false,
  'chat.agentHost.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'files.autoSave': 'off',
  'files.hotExit': 'off',
  'editor.codeLens': true,
  'editor.minimap.enabled': false,
  'editor.cursorBlinking': 'solid',
};
const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Polls until something truthy comes back: for files and counts; elements have waits of their own. */
export async function until(what, look, milliseconds = 20000) {
  for (const end = Date.now() + milliseconds; ;) {
    let fault;
    try {
      const found = await look();
      if (found) {
        return found;
      }
    } catch (error) {
      fault = error;
    }
    if (Date.now() > end) {
      throw new Error(`not in ${milliseconds} ms: ${what}${fault ? ` (${fault.message})` : ''}`);
    }
    await sleep(100);
  }
}

/** What get-editor.sh left in a folder. */
export function loadEditor(folder) {
  const lines = readFileSync(join(folder, 'editor.env'), 'utf8').trim().split('\n');
  const found = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).replace(/^'|'$/g, '')]),
  );
  return { ...found, playwright: createRequire(import.meta.url)(found.EDITOR_PLAYWRIGHT) };
}

/**
 * One private editor: own user data, own extensions, own port. stop() ends only what it started.
 * @param beside the folder of an extension to load as well
 * @param machine settings of scope "machine": in a remote window they are a file of their own
 */
export async function startEditor({ kit, vsix, root, settings = {}, machine = {}, env = {}, beside }) {
  const userData = join(root, 'user-data');
  const extensions = join(root, 'extensions');
  for (const folder of [join(userData, 'User'), join(userData, 'Machine'), extensions, join(root, 'data')]) {
    mkdirSync(folder, { recursive: true });
  }
  writeFileSync(join(userData, 'User', 'settings.json'), JSON.stringify({ ...quiet, ...settings }, null, 2));
  writeFileSync(join(userData, 'Machine', 'settings.json'), JSON.stringify(machine, null, 2));
  if (beside) {
    cpSync(beside, join(extensions, basename(beside)), { recursive: true });
  }
  const common = ['--user-data-dir', userData, '--extensions-dir', extensions];
  // No gallery: or the editor asks one for every installed extension and logs errors.
  const childEnv = { ...process.env, CODE_SERVER_DATA: join(root, 'data'), EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...env };
  execFileSync(kit.EDITOR_CODE_SERVER, [...common, '--install-extension', vsix, '--force'], { env: childEnv, stdio: 'pipe' });
  const logFile = join(root, 'server.log');
  const log = openSync(logFile, 'w');
  // Port 0: a free one. A process group of its own, so that stop() also ends extension hosts and sidecars.
  const child = spawn(
    kit.EDITOR_CODE_SERVER,
    [
      '--bind-addr',
      '127.0.0.1:0',
      '--auth',
      'none',
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-getting-started-override',
      ...common,
    ],
    { env: childEnv, stdio: ['ignore', log, log], detached: true },
  );
  closeSync(log);
  const killGroup = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  };
  process.once('exit', killGroup);
  const url = await until(
    'the editor listens',
    () => {
      if (child.exitCode !== null) {
        throw new Error(`it ended: ${readFileSync(logFile, 'utf8')}`);
      }
      return /listening on (http:\/\/127\.0\.0\.1:\d+)\//.exec(readFileSync(logFile, 'utf8'))?.[1];
    },
    30000,
  );
  return {
    root,
    userData,
    logFile,
    folderUrl: (folder) => `${url}/?folder=${encodeURIComponent(folder)}`,
    async stop() {
      // The server alone first: it ends its extension hosts, and they their sidecars.
      child.kill('SIGTERM');
      for (let i = 0; i < 50 && child.exitCode === null && child.signalCode === null; i++) {
        await sleep(100);
      }
      killGroup();
    },
  };
}

/** A fresh browser on a folder. */
export async function openWorkbench(kit, editor, folder, viewport = { width: 1400, height: 900 }) {
  const browser = await kit.playwright.chromium.launch({ executablePath: kit.EDITOR_CHROMIUM, args: chromiumArgs });
  const page = await (await browser.newContext({ viewport })).newPage();
  const consoleLog = [];
  page.on('console', (message) => consoleLog.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => consoleLog.push(`pageerror: ${error.message}`));
  await page.goto(editor.folderUrl(folder));
  await page.waitForSelector('.monaco-workbench', { timeout: 60000 });
  return new Workbench(page, browser, consoleLog);
}

export class Workbench {
  constructor(page, browser, consoleLog) {
    Object.assign(this, { page, browser, consoleLog });
    this.quickInput = page.locator('.quick-input-widget');
  }

  async #pick(text, row) {
    await until(
      `"${row}" is offered`,
      async () => {
        // A key that is pressed while another list closes is lost.
        await this.page.keyboard.press('F1');
        const input = this.quickInput.locator('input[type="text"]').first();
        // Click the row that says so: Enter would take the first row, which may be another one.
        const line = this.quickInput.locator('.quick-input-list .monaco-list-row').filter({ hasText: row }).first();
        try {
          await input.fill(text, { timeout: 3000 });
          await line.click({ timeout: 5000 });
          return true;
        } catch {
          // A list that was opened before the extension was read does not change any more.
          await this.page.keyboard.press('Escape');
          return false;
        }
      },
      60000,
    );
  }

  /** Command palette, by the command's full title, such as "Agent: Solve task". */
  command(title) {
    return this.#pick(`>${title}`, title);
  }

  async open(file) {
    await this.#pick(file, file);
    await this.tab(file).first().waitFor();
  }

  async input(text, title) {
    await this.quickInput.locator('.quick-input-title').filter({ hasText: title }).waitFor({ state: 'visible' });
    const input = this.quickInput.locator('input[type="text"]').first();
    await input.fill(text);
    await input.press('Enter');
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  /** The same without the mouse: the row that is chosen must be the command. */
  async type(title) {
    const input = this.quickInput.locator('input[type="text"]').first();
    const row = this.quickInput.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: title });
    await until(
      `"${title}" is the chosen row`,
      async () => {
        await this.page.keyboard.press('F1');
        await input.fill(`>${title}`, { timeout: 3000 });
        await row.waitFor({ timeout: 3000 });
        return true;
      },
      60000,
    );
    await this.page.keyboard.press('Enter');
    await this.quickInput.locator('.quick-input-list').waitFor({ state: 'hidden' });
  }

  /** The lines of the first editor that are on the screen; it draws blanks as non-breaking ones. */
  async shown() {
    return (await this.page.locator('.view-lines').first().innerText()).replaceAll('\u00a0', ' ');
  }

  tab(name) {
    return this.page.locator('.tabs-container .tab').filter({ hasText: name });
  }

  /** The content of an extension's webview: the outer iframe, in it #active-frame. */
  webview(extensionId) {
    return this.page.frameLocator(`iframe.webview.ready[src*="extensionId=${extensionId}"]`).frameLocator('#active-frame');
  }

  codeLens(text) {
    return this.page.locator('.codelens-decoration a:visible').filter({ hasText: text });
  }

  /** Clicks a lens until it has taken effect: lenses are drawn anew after each decision, and a click on an old one is lost. */
  async press(text, done) {
    await until(`"${text}" has taken effect`, async () => {
      await this.codeLens(text)
        .first()
        .click({ timeout: 2000 })
        .catch(() => {});
      return until('at once', done, 2000).catch(() => false);
    });
  }

  notification(text) {
    return this.page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text }).first();
  }

  dialog(text) {
    return this.page.locator('.monaco-dialog-box').filter({ hasText: text });
  }

  status(extensionId, itemId) {
    return this.page.locator(`[id="${extensionId}.${itemId}"]`);
  }

  async reload() {
    await this.page.reload();
    await this.page.waitForSelector('.monaco-workbench', { timeout: 60000 });
  }

  close() {
    return this.browser.close();
  }
}
