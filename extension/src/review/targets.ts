// Which hunk a command means: a lens names it, the gutter, a comment and the keyboard point at it.
import * as vscode from 'vscode';
import { isRecord } from '../sidecar/meta';
import type { VoteComments } from './comments';
import type { Review } from './review';
import { hunkAt, openHunks } from './select';

export interface Target {
  hunkId: string;
  /** What the user wrote into the reply box. */
  reason?: string;
}

export function hunkTarget(review: Review, comments: VoteComments, args: readonly unknown[]): Target | undefined {
  const [first, changes, index] = args;
  if (isRecord(first) && typeof first['hunkId'] === 'string') {
    return { hunkId: first['hunkId'] };
  }
  if (first instanceof vscode.Uri) {
    return fromGutter(review, first, changes, index);
  }
  if (isRecord(first)) {
    const reason = typeof first['text'] === 'string' ? first['text'] : '';
    const hunkId = comments.hunkOf(first['thread'] ?? first);
    return hunkId === undefined ? undefined : { hunkId, ...(reason ? { reason } : {}) };
  }
  return atCursor(review);
}

export function atCursor(review: Review): Target | undefined {
  const editor = vscode.window.activeTextEditor;
  const path = editor ? review.pathOf(editor.document.uri) : undefined;
  const found = editor && path !== undefined ? hunkAt(review.state, path, editor.selection.active.line) : undefined;
  return found ? { hunkId: found.hunk.hunk.hunkId } : undefined;
}

/** The gutter hands over the changes as it counts them (from 1); the hunk is the one at these lines. */
function fromGutter(review: Review, uri: vscode.Uri, changes: unknown, index: unknown): Target | undefined {
  const change: unknown = Array.isArray(changes) && typeof index === 'number' ? changes[index] : undefined;
  const path = review.pathOf(uri);
  if (path === undefined || !isRecord(change)) {
    return undefined;
  }
  const start = Number(change['modifiedStartLineNumber']) - 1;
  const end = Number(change['modifiedEndLineNumber']);
  const hits = openHunks(review.state, path).filter(
    ({ hunk: { range } }) => range.start < Math.max(end, start + 1) && range.start + Math.max(1, range.count) > start,
  );
  const hit = hits[0];
  return hit ? { hunkId: hit.hunk.hunk.hunkId } : undefined;
}

/** The path of a file that a button, a resource or the active editor stands for. */
export function fileTarget(review: Review, args: readonly unknown[]): string | undefined {
  const [first] = args;
  const uri =
    first instanceof vscode.Uri
      ? first
      : isRecord(first) && first['resourceUri'] instanceof vscode.Uri
        ? first['resourceUri']
        : vscode.window.activeTextEditor?.document.uri;
  return uri ? review.pathOf(uri) : undefined;
}
