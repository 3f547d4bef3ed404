import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { baseScheme, proposedScheme, type Review } from './review';
import type { StoredFile } from './hunkStore';
import { pathOnDisk, type Placed } from './select';
import { virtualUri } from './texts';

/** Original and modified of a file as it is reviewed; undefined where there is none. */
export function sidesOf(review: Review, file: StoredFile): { original: vscode.Uri | undefined; modified: vscode.Uri | undefined } {
  const after = review.state.phase === 'after';
  const original = after ? virtualUri(review, file.path, baseScheme) : review.uri(pathOnDisk(review.state, file));
  const modified = after ? review.uri(file.path) : virtualUri(review, file.path, proposedScheme);
  return {
    original: file.base === undefined ? undefined : original,
    modified: file.change === 'deleted' ? undefined : modified,
  };
}

/** Every file of the review in one editor, with the votes' remarks at their lines. */
export async function showAll(review: Review): Promise<void> {
  const resources = review.state.files
    .filter((file) => file.shown)
    .map((file) => {
      const { original, modified } = sidesOf(review, file);
      return [review.uri(file.path), original, modified];
    });
  if (resources.length > 0) {
    await vscode.commands.executeCommand('vscode.changes', l10n.t('Agent changes'), resources);
  }
}

/** One file's diff. Created and deleted files have one side only, so they are shown alone. */
export async function showFile(review: Review, file: StoredFile, line?: number): Promise<void> {
  const { original, modified } = sidesOf(review, file);
  const selection = line === undefined ? {} : { selection: new vscode.Range(line, 0, line, 0) };
  if (original && modified) {
    await vscode.commands.executeCommand('vscode.diff', original, modified, l10n.t('{0} (agent)', file.path), {
      preview: true,
      ...selection,
    });
  } else if (original ?? modified) {
    await vscode.commands.executeCommand('vscode.open', original ?? modified, { preview: true, ...selection });
  }
}

export async function showHunk(review: Review, { file, hunk }: Placed): Promise<void> {
  await showFile(review, file, Math.max(0, hunk.hunk.newLines === 0 ? hunk.hunk.newStart : hunk.hunk.newStart - 1));
}

/** The hunk in the file itself, where it can be accepted and rejected; a file that is not there yet, or no more, is shown alone. Rejects when it cannot be shown. */
export async function goTo(review: Review, placed: Placed): Promise<void> {
  const { file, hunk } = placed;
  const after = review.state.phase === 'after';
  if (file.change === (after ? 'deleted' : 'added')) {
    if (!file.shown) {
      throw new Error(l10n.t('{0} is too large to show, or not text.', file.path));
    }
    await showFile(review, file, 0);
    return;
  }
  const line = hunk.range.start;
  const editor = await vscode.window.showTextDocument(review.uri(pathOnDisk(review.state, file)), { preview: true });
  const range = new vscode.Range(line, 0, line, 0);
  editor.selection = new vscode.Selection(range.start, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
