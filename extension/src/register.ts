import * as vscode from 'vscode';
import { l10n } from 'vscode';

export type Register = (id: string, run: (...args: unknown[]) => unknown) => void;

/** Registers commands so that whatever goes wrong in one is a sentence for the user and a line in the log. */
export function registrar(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Register {
  return (id, run) => {
    const guarded = async (...args: unknown[]) => {
      try {
        await run(...args);
      } catch (error) {
        log.error(`${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        const showLog = l10n.t('Show log');
        const picked = await vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error), showLog);
        if (picked === showLog) {
          log.show();
        }
      }
    };
    // Not awaited by whoever clicks: the message above may stay open for long.
    context.subscriptions.push(vscode.commands.registerCommand(`codexSidecar.${id}`, guarded));
  };
}
