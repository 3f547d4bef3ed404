// Text that is typed but not saved: the sidecar cannot see it, so it asks.
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { UnsavedText } from './generated/contracts';
import type { Settings } from './settings';

const inFolder = (folder: vscode.Uri, uri: vscode.Uri) => uri.scheme === 'file' && uri.path.startsWith(`${folder.path}/`);

function dirty(folder: vscode.Uri): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter((document) => document.isDirty && inFolder(folder, document.uri));
}

/** @param paths absolute: only these; undefined: all of the folder */
export function readBuffers(folder: vscode.Uri, paths?: readonly string[]): UnsavedText[] {
  return dirty(folder)
    .filter(({ uri }) => paths?.includes(uri.fsPath) ?? true)
    .map((document) => ({ path: document.uri.fsPath, text: document.getText() }));
}

/** Before a run: tests see the disk, so unsaved text is saved, left out knowingly, or the run waits. False: the user cancelled. */
export async function settleUnsaved(folder: vscode.Uri, setting: Settings['unsavedFiles']): Promise<boolean> {
  const documents = dirty(folder);
  if (documents.length === 0 || setting === 'ignore') {
    return true;
  }
  const save = l10n.t('Save all');
  const goOn = l10n.t('Go on without saving');
  const names = documents.map(({ uri }) => vscode.workspace.asRelativePath(uri, false)).join(', ');
  const chosen =
    setting === 'save'
      ? save
      : await vscode.window.showWarningMessage(
          l10n.t('Files with unsaved changes'),
          {
            modal: true,
            detail: l10n.t('{0}\n\nTests see the files on disk, and the agent does not change a file with unsaved changes.', names),
          },
          save,
          goOn,
        );
  if (chosen === save) {
    const saved = await Promise.all(documents.map((document) => document.save()));
    return saved.every(Boolean);
  }
  return chosen === goOn;
}
