// The whole extension against a played editor and a played sidecar.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import type { ExtensionContext } from 'vscode';
import { activate, deactivate } from '../src/main';
import type { PanelState, ToWebview } from '../src/panel/types';
import { editor, EventEmitter, held, Uri, workspace } from './fakes/vscode';

/** For a test that waits in vain: nothing here takes long, but the machine may be busy. */
const options = { timeout: 60_000, skip: process.platform === 'win32' };

/** The webview's half: puts together what it is sent. */
function createPage() {
  const heard = new EventEmitter<unknown>();
  const disposed = new EventEmitter<void>();
  const visibility = new EventEmitter<void>();
  let state: PanelState | undefined;
  let waiting: { fits: (state: PanelState) => boolean; resolve: () => void }[] = [];
  const check = () => {
    waiting = waiting.filter(({ fits, resolve: go }) => {
      const ready = state && fits(state);
      if (ready) {
        go();
      }
      return !ready;
    });
  };
  const view = {
    visible: true,
    webview: {
      html: '',
      cspSource: 'own',
      asWebviewUri: (uri: unknown) => uri,
      onDidReceiveMessage: heard.event,
      postMessage: (message: ToWebview) => {
        if (message.type === 'state') {
          state = message.state;
        } else if (message.type === 'change' && state) {
          state = { ...state, ...message.change, view: { ...state.view, ...message.change.view } };
        }
        check();
        return Promise.resolve(true);
      },
    },
    onDidChangeVisibility: visibility.event,
    onDidDispose: disposed.event,
  };
  return {
    view,
    get state() {
      return state;
    },
    act: (name: string, ...args: unknown[]) => {
      heard.fire({ type: 'act', name, args });
    },
    ready: () => {
      heard.fire({ type: 'ready' });
    },
    until: (fits: (state: PanelState) => boolean) =>
      new Promise<void>((go) => {
        waiting.push({ fits, resolve: go });
        check();
      }),
    dispose: () => {
      disposed.fire();
      [heard, disposed, visibility].forEach((one) => {
        one.dispose();
      });
    },
  };
}

async function bench(play: (page: ReturnType<typeof createPage>) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'extension-'));
  const kept = new Map<string, unknown>();
  const context = {
    subscriptions: [] as { dispose(): unknown }[],
    extensionUri: Uri.file(resolve('.')),
    extensionMode: 3,
    extension: { packageJSON: { version: '0' } },
    globalStorageUri: Uri.file(home),
    workspaceState: {
      get: (key: string) => kept.get(key),
      update: (key: string, value: unknown) => Promise.resolve(kept.set(key, value)),
    },
  };
  editor.settings.set('sidecarPath', resolve('extension/test/fakes/sidecar.mjs'));
  editor.executed.length = 0;
  editor.said.length = 0;
  workspace.workspaceFolders = [{ uri: Uri.file(join(home, 'w')), name: 'w', index: 0 }];
  held.clear();
  activate(context as unknown as ExtensionContext);
  const page = createPage();
  editor.view?.resolveWebviewView(page.view);
  page.ready();
  try {
    await play(page);
  } finally {
    page.dispose();
    await deactivate();
    context.subscriptions.forEach((one) => one.dispose());
    await rm(home, { recursive: true });
  }
}

const solve = async (task: string) => {
  await editor.commands.get('codexSidecar.solveTask')?.({ task });
};

test('an earlier run of the session is shown again, and the last one after it', options, () =>
  bench(async (page) => {
    await solve('first');
    await solve('second');
    await page.until(({ session }) => session.runs.map((run) => run.task).join() === 'second,first');
    page.act('showRun', 'r1');
    await page.until(({ view }) => view.run?.end?.message === 'end of first');
    await editor.commands.get('codexSidecar.openReport')?.();
    assert.deepEqual(editor.executed.at(-1)?.map(String), ['markdown.showPreview', 'file:///reports/r1.md'], 'its buttons are about it');
    page.act('showRun', 'r2');
    await page.until(({ view }) => view.run?.end?.message === 'end of second');
    page.act('showRun', 'r1');
    await page.until(({ view }) => view.run?.end?.message === 'end of first');
    await solve('third');
    await page.until(({ view }) => view.run?.end?.message === 'end of third');
  }),
);

test('a question brings back the run that asks', options, () =>
  bench(async (page) => {
    await solve('first');
    const second = solve('ask me');
    await page.until(({ question }) => question !== null);
    page.act('showRun', 'r1');
    await page.until(({ view }) => view.run?.end?.message === 'end of first');
    page.act('answer', 'ask-1', 'once');
    await page.until(({ question }) => question !== null && question.askId === 'ask-2');
    await page.until(({ view }) => view.run?.task === 'ask me');
    page.act('answer', 'ask-2', 'once');
    await second;
    await page.until(({ view }) => view.run?.end?.message === 'end of ask me');
  }),
);

test('the editor is told about its conditions and the status bar only when they change', options, () =>
  bench(async (page) => {
    await solve('a noisy 2000');
    await page.until(({ view }) => view.run?.end?.message === 'end of a noisy 2000');
    const told = editor.executed.filter(([id]) => id === 'setContext').map(([, name, value]) => `${String(name)} ${String(value)}`);
    assert.deepEqual(
      told.filter((one, index) => told.indexOf(one) !== index && !one.startsWith('codexSidecar.running')),
      [],
    );
    assert.ok(told.includes('codexSidecar.hasReport true'));
    assert.ok((editor.statusBar[0]?.writes ?? 0) < 200, `${editor.statusBar[0]?.writes ?? 0} writes`);
  }),
);

test('what is taken from the editor is given back', options, async () => {
  await bench(async (page) => {
    await solve('first');
    await page.until(({ view }) => view.run?.end !== undefined);
  });
  assert.deepEqual([...held], []);
});
