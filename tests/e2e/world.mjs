// What every scenario needs: the packaged extension in a real editor, a scripted model server, a workspace of its own.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startModel } from '../../scripts/model.mjs';
import { loadEditor, openWorkbench, startEditor, until } from './harness.mjs';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
export const extensionId = `${manifest.publisher}.${manifest.name}`;
export const pictures = join(root, 'out', 'e2e');

/**
 * @param change changes the sample's workspace before the editor opens it
 * @param script changes the words of the scripted model server; null: there is none
 */
export async function world(
  name,
  { sample = 'js-ranges', change = () => {}, script = (rules) => rules, settings, machine = {}, viewport, env = {}, beside } = {},
) {
  const home = mkdtempSync(join(tmpdir(), 'codex-sidecar-e2e-'));
  const folder = join(home, 'workspace');
  cpSync(join(root, 'samples', sample, 'workspace'), folder, { recursive: true });
  await change(folder);
  const task = readFileSync(join(root, 'samples', sample, 'task.txt'), 'utf8').trim();
  const words = script(JSON.parse(readFileSync(join(root, 'samples', sample, 'script.json'), 'utf8')));
  let model;
  if (words) {
    writeFileSync(join(home, 'script.json'), JSON.stringify(words));
    model = await startModel(join(home, 'script.json'));
  }
  const kit = loadEditor(process.env.EDITOR_DIR);
  const editor = await startEditor({
    kit,
    vsix: process.env.E2E_VSIX,
    root: join(home, 'editor'),
    settings,
    beside,
    machine: { 'codexSidecar.model.baseUrl': model?.url ?? 'http://127.0.0.1:9/v1', ...machine },
    env: { CODEX_SIDECAR_HOME: join(home, 'sidecar'), ...env },
  });
  const workbench = await openWorkbench(kit, editor, folder, viewport);
  mkdirSync(pictures, { recursive: true });
  return {
    home,
    folder,
    kit,
    editor,
    model,
    workbench,
    page: workbench.page,
    task,
    panel: workbench.webview(extensionId),
    status: workbench.status(extensionId, 'codexSidecar.status'),
    read: (path) => readFileSync(join(folder, path)),
    text: (path) => readFileSync(join(folder, path), 'utf8'),
    picture: (what) => workbench.page.screenshot({ path: join(pictures, `${name}-${what}.png`) }),
    async solve(words = task) {
      await workbench.command('Agent: Solve task');
      await workbench.input(words, 'Agent: Solve task');
    },
    statusSays: (text, milliseconds = 60000) =>
      until(
        `the status bar says "${text}"`,
        async () => (await workbench.status(extensionId, 'codexSidecar.status').textContent()).includes(text),
        milliseconds,
      ),
    openGate: async (question) => {
      await fetch(model.url.replace(/\/v1$/, `/gates/${gateName(question)}`), { method: 'POST' });
    },
    /** Waits for the review; where no sandbox works the sidecar asks before it runs the tests. */
    async review(text) {
      await until(
        `the status bar says "${text}"`,
        async () => {
          const said = await workbench.status(extensionId, 'codexSidecar.status').textContent();
          if (/waits for you(?!,)/.test(said)) {
            await workbench.command('Agent: Answer question');
            await workbench.quickInput.locator('.monaco-list-row').filter({ hasText: 'Run once' }).click({ timeout: 3000 });
          }
          return said.includes(text);
        },
        90000,
      );
    },
    async end(failed) {
      if (failed) {
        await workbench.page.screenshot({ path: join(pictures, `${name}-failure.png`) }).catch(() => {});
        writeFileSync(join(pictures, `${name}-console.log`), workbench.consoleLog.join('\n'));
        cpSync(join(editor.userData, 'logs'), join(pictures, `${name}-logs`), { recursive: true });
      }
      await workbench.close().catch(() => {});
      await editor.stop();
      await model?.stop();
      if (!failed) {
        rmSync(home, { recursive: true, force: true });
      }
      const refused = workbench.consoleLog.find(
        (line) => line.includes(extensionId) && /CANNOT use API proposal|is a proposed menu/.test(line),
      );
      if (refused) {
        throw new Error(`The extension uses what is not stable: ${refused}`);
      }
    },
  };
}

/** The sample's words with a third hunk in the patch, lower in the same file. */
export function threeHunks(words) {
  return JSON.parse(JSON.stringify(words).replace('const first = from ?? 1;', 'const first = Math.max(1, from ?? 1);'));
}

/** The words for a second run after the first. */
export const twice = (words) => ({
  ...words,
  rules: words.rules.map((rule) => (rule.times ? { ...rule, times: 2 * rule.times } : rule)),
});

/** The sample's words with another patch. */
export const withReply = (reply) => (words) => ({
  ...words,
  rules: words.rules.map((rule) => (rule.last === 'Carry out the plan' ? { ...rule, reply } : rule)),
});

/** The model waits before each answer whose question has these words, until open() is called for them. */
export function gated(words, ...questions) {
  const rules = words.rules.map((rule) => {
    const gate = questions.find((question) => rule.last?.includes(question));
    const reply = typeof rule.reply === 'string' || Array.isArray(rule.reply) ? { text: rule.reply } : rule.reply;
    return gate ? { ...rule, reply: { ...reply, gates: { '-1': gateName(gate) } } } : rule;
  });
  return { ...words, rules };
}

const gateName = (question) => question.toLowerCase().replaceAll(' ', '-');

/** Runs a scenario; what went wrong leaves a picture and the logs in out/e2e. */
export function scenario(options, play) {
  return async (test) => {
    const name = test.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    const place = await world(name, options);
    let failed = true;
    try {
      await play(place);
      failed = false;
    } finally {
      await place.end(failed);
    }
  };
}
