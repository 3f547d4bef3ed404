import * as vscode from 'vscode';
import type { Review } from './review';

/** The editor keeps the tab of a file that another program deleted; a clean one of ours is closed. */
export async function closeGoneTabs(review: Review): Promise<void> {
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
