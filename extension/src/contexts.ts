import * as vscode from 'vscode';

/** Sets a condition of the manifest's menus and keys, below `codexSidecar.`; the editor is told only what it does not know. */
export type SetContext = (name: string, value: boolean) => void;

export function createContexts(): SetContext {
  const known = new Map<string, boolean>();
  return (name, value) => {
    if (known.get(name) !== value) {
      known.set(name, value);
      void vscode.commands.executeCommand('setContext', `codexSidecar.${name}`, value);
    }
  };
}
