// Output of the program's own commands, and long test output, as read-only documents.
import { execFile } from 'node:child_process';
import type { Closing } from './closing';
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { StartOptions } from './sidecar/process';

const scheme = 'codex-sidecar-text';

export interface Documents extends Closing {
  show(title: string, text: string): Promise<void>;
  /** Runs a command of the sidecar and shows what it says. */
  run(title: string, start: StartOptions, args: string[]): Promise<void>;
}

export function createDocuments(): Documents {
  const texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => texts.get(uri.path) ?? '',
  });

  const show = async (title: string, text: string) => {
    const uri = vscode.Uri.from({ scheme, path: `/${title}.txt` });
    texts.set(uri.path, plain(text));
    changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  };

  return {
    show,
    run: (title, start, args) =>
      Promise.resolve(
        vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, async (_, cancel) => {
          const output = await outputOf(start, args, cancel);
          if (!cancel.isCancellationRequested) {
            await show(title, output || l10n.t('No output.'));
          }
        }),
      ),
    dispose: () => {
      provider.dispose();
      changed.dispose();
    },
  };
}

function outputOf({ program, folder, environment }: StartOptions, args: string[], cancel: vscode.CancellationToken): Promise<string> {
  return new Promise((resolve) => {
    const listening = cancel.onCancellationRequested(() => child.kill());
    const child = execFile(
      program,
      args,
      { cwd: folder, env: { ...environment, NO_COLOR: '1' }, windowsHide: true, maxBuffer: 16 << 20 },
      (error, stdout, stderr) => {
        listening.dispose();
        resolve([stdout, stderr, stdout || stderr ? '' : (error?.message ?? '')].filter(Boolean).join('\n'));
      },
    );
  });
}

/** Without colours and cursor movements. */
export function plain(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g, '');
}
