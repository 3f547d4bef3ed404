import * as vscode from 'vscode';
import type { Runs } from '../run/runs';
import type { Review } from './review';

/** Looks for such tabs whenever a run has written files or put them back. */
export function closeTabsOfGoneFiles(runs: Runs, review: Review): vscode.Disposable {
  return runs.onDidChange(({ action }) => {
    if (action?.type === 'event' && ['patch_applied', 'hunks_decided', 'rolled_back'].includes(action.envelope.event.kind)) {
      void closeGoneTabs(review);
    }
  });
}

/** The editor keeps the tab of a file that another program deleted; a clean one of ours is closed. */
async function closeGoneTabs(review: Review): Promise<void> {
  const open = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap((tab) => {
      const uri = tab.input instanceof vscode.TabInputText ? tab.input.uri : undefined;
      return uri?.scheme === 'file' && !tab.isDirty && review.pathOf(uri) !== undefined ? [{ tab, uri }] : [];
    });
  const gone = await Promise.all(open.map(async ({ tab, uri }) => ((await exists(uri)) ? [] : [tab])));
  await vscode.window.tabGroups.close(gone.flat(), true);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
