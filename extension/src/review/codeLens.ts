import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { readSettings } from '../settings';
import type { Review } from './review';
import { isOpen, placed, type Placed } from './select';

export function registerCodeLens(review: Review): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: (document) => {
      const path = review.pathOf(document.uri);
      return path === undefined || !readSettings().codeLens
        ? []
        : placed(review.state)
            .filter(({ file, hunk }) => file.path === path && hunk.state !== 'edited')
            .flatMap((item) => lensesOf(item, review.state.phase, document.lineCount));
    },
  };
  return vscode.Disposable.from(
    changed,
    review.onDidChange(() => {
      changed.fire();
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('codexSidecar.codeLens')) {
        changed.fire();
      }
    }),
    vscode.languages.registerCodeLensProvider({ scheme: 'file' }, provider),
  );
}

function lensesOf({ hunk }: Placed, phase: string, lineCount: number): vscode.CodeLens[] {
  const line = Math.min(hunk.range.start, lineCount - 1);
  const range = new vscode.Range(line, 0, line, 0);
  const lens = (title: string, command: string) =>
    new vscode.CodeLens(range, {
      title,
      command: `codexSidecar.${command}`,
      arguments: [{ patchId: hunk.patchId, hunkId: hunk.hunk.hunkId }],
    });
  const size = `+${hunk.hunk.newLines} -${hunk.hunk.oldLines}`;
  const show = lens(l10n.t('Show'), 'showHunk');
  if (phase === 'look') {
    return [lens(l10n.t('Proposed {0}; level 0 only reads', size), 'showHunk'), show];
  }
  if (hunk.state === 'conflicted') {
    return [lens(l10n.t('Conflict: {0}', hunk.note ?? ''), 'showHunk'), show];
  }
  if (isOpen(hunk)) {
    return [lens(`✓ ${l10n.t('Accept')} ${size}`, 'acceptHunk'), lens(`✗ ${l10n.t('Reject')}`, 'rejectHunk'), show];
  }
  // After writing an answer has taken effect; what stays is a way back for a mark.
  return phase === 'first'
    ? [
        lens(hunk.state === 'accepted' ? l10n.t('✓ Accepted {0}: undo mark', size) : l10n.t('✗ Rejected {0}: undo mark', size), 'undoMark'),
        show,
      ]
    : [];
}
