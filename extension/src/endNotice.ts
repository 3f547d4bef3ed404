import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { offerModelServer } from './firstRun';
import type { Runs } from './run/runs';
import { readSettings } from './settings';

/** Older ends are told again, as after a reload, and are no news. In milliseconds. */
const news = 10_000;

/** Says that a run has ended to who does not look, and what to do when there is no model. */
export function tellEnds(runs: Runs): vscode.Disposable {
  return runs.onDidChange(({ action }) => {
    if (action?.type !== 'event') {
      return;
    }
    const { event, at } = action.envelope;
    if (event.kind !== 'run_finished' || Date.now() - Date.parse(at) > news) {
      return;
    }
    if (event.stop === 'model_unavailable') {
      void offerModelServer(event.message);
    } else if (!vscode.window.state.focused && readSettings().notifications !== 'none') {
      void vscode.window.showInformationMessage(l10n.t('The agent has finished: {0}', event.message));
    }
  });
}
