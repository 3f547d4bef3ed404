// What goes wrong between the editor and the sidecar, in sentences for the user.
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { isRecord } from './sidecar/meta';

/** @param again it is started again by itself; else three deaths within a minute were enough */
export async function tellDeath(how: string, again: boolean, wasRunning: boolean): Promise<void> {
  const restart = l10n.t('Restart');
  const showLog = l10n.t('Show log');
  const doctor = l10n.t('Run doctor');
  const text = again
    ? wasRunning
      ? l10n.t('The sidecar ended in the middle of a run ({0}). It is started again; the run is kept as interrupted.', how)
      : l10n.t('The sidecar ended ({0}). It is started again.', how)
    : l10n.t('The sidecar ended three times within a minute ({0}).', how);
  const picked = await vscode.window.showErrorMessage(text, ...(again ? [showLog] : [restart, showLog, doctor]));
  const command = new Map([
    [restart, 'restartSidecar'],
    [showLog, 'showLog'],
    [doctor, 'runDoctor'],
  ]).get(picked ?? '');
  if (command) {
    await vscode.commands.executeCommand(`codexSidecar.${command}`);
  }
}

/** The sidecar's refusals in the user's language. */
export function refusal(error: unknown): string {
  const data = isRecord(error) ? error['data'] : undefined;
  switch (isRecord(data) ? data['kind'] : undefined) {
    case 'workspace_busy':
      return l10n.t('Another run works in this folder; wait for its end.');
    case 'session_busy':
      return l10n.t('This session is open in another window.');
    case 'run_in_progress':
      return l10n.t('A run is going on: stop it first.');
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
