import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { ListedRun, SnapshotRestoreResult } from './generated/contracts';
import type { Live } from './sidecar/connection';

/** Puts the files back as before a run: which run, which files, then one confirmation. */
export async function undoRun({ wire, sessionId }: Live, runId?: string): Promise<void> {
  const { runs } = await wire.listRuns(sessionId);
  const changed = runs.filter((run) => run.patchIds.length > 0);
  const run = runId === undefined ? await pick(changed) : changed.find((item) => item.runId === runId);
  if (!run) {
    if (changed.length === 0) {
      void vscode.window.showInformationMessage(l10n.t('There is no run to undo.'));
    }
    return;
  }
  const snapshots = await wire.listSnapshots(sessionId);
  // Late decisions take snapshots of their own; the run's first one is the state before it.
  const [snapshot] = snapshots.filter((item) => item.runId === run.runId).sort((one, other) => one.at.localeCompare(other.at));
  if (!snapshot) {
    void vscode.window.showInformationMessage(l10n.t('This run changed no file.'));
    return;
  }
  const plan = await wire.restore(sessionId, snapshot.snapshotId, true);
  if (plan.restored.length === 0 && plan.conflicts.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('The files are already as before this run.'));
    return;
  }
  const lost = plan.conflicts.length > 0;
  const put = lost ? l10n.t('Put back, without my later changes') : l10n.t('Put back');
  const chosen = await vscode.window.showWarningMessage(
    l10n.t('Put {0} files back as before "{1}"?', plan.restored.length + plan.conflicts.length, shortened(run.task)),
    { modal: true, detail: details(plan) },
    put,
  );
  if (chosen !== put) {
    return;
  }
  // While later changes would be lost nothing is put back, unless the files are named.
  const named = lost ? [...new Set([...plan.restored, ...plan.conflicts])] : undefined;
  const done = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: l10n.t('Putting files back') },
    () => wire.restore(sessionId, snapshot.snapshotId, false, named),
  );
  void vscode.window.showInformationMessage(l10n.t('{0} files are as before the run.', done.restored.length));
}

async function pick(runs: readonly ListedRun[]): Promise<ListedRun | undefined> {
  if (runs.length === 0) {
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    runs.map((run) => ({ label: shortened(run.task), description: new Date(run.startedAt).toLocaleString(), run })),
    { title: l10n.t('Agent: Undo run'), placeHolder: l10n.t('Which run?') },
  );
  return picked?.run;
}

function details({ restored, conflicts }: SnapshotRestoreResult): string {
  return [
    restored.slice(0, 30).join('\n'),
    conflicts.length > 0 ? l10n.t('You changed these since:\n{0}', conflicts.slice(0, 30).join('\n')) : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

function shortened(text: string): string {
  const line = text.replaceAll('\n', ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
