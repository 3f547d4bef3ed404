import type { Closing } from '../closing';
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { Verdict } from '../generated/contracts';
import { words } from '../panel/words';
import { readSettings } from '../settings';
import { rangeOn } from './lines';
import type { ReviewState } from '../run/projections';
import { proposedScheme, type Review } from './review';
import { isOpen, placed, remarks, type Placed } from './select';
import { virtualUri } from './texts';

interface HunkThread {
  thread: vscode.CommentThread;
  hunkId: string;
  look: string;
}

export interface VoteComments extends Closing {
  hunkOf(thread: unknown): string | undefined;
}

/** One collapsed thread per open hunk, on the side that shows the new text: how the votes stand and what they say about the place. */
export function registerComments(review: Review): VoteComments {
  let controller: vscode.CommentController | undefined;
  let threads = new Map<string, HunkThread>();

  const make = () => {
    const made = vscode.comments.createCommentController('codexSidecar.votes', l10n.t('Agent votes'));
    made.options = { prompt: l10n.t('Reason of a reject'), placeHolder: l10n.t('Why not? The reason goes to the agent') };
    return made;
  };

  const draw = () => {
    const { state } = review;
    const all = placed(state);
    const wanted =
      readSettings().voteComments && state.votes.length > 0
        ? all.filter(({ hunk, file }) => isOpen(hunk) && file.shown && file.change !== 'deleted')
        : [];
    const next = new Map<string, HunkThread>();
    for (const item of wanted) {
      const uri = state.phase === 'after' ? review.uri(item.file.path) : virtualUri(review, item.file.path, proposedScheme);
      const { start, count } = state.phase === 'after' ? item.hunk.range : rangeOn(item.hunk.hunk, 'new');
      const line = Math.max(0, start + Math.max(0, count - 1));
      const { hunkId } = item.hunk.hunk;
      const look = `${uri.toString()}#${line}`;
      const kept = threads.get(hunkId);
      if (kept?.look === look) {
        next.set(hunkId, kept);
        continue;
      }
      controller ??= make();
      const thread = controller.createCommentThread(uri, new vscode.Range(line, 0, line, 0), commentsOf(state, item));
      thread.collapsibleState = vscode.CommentThreadCollapsibleState.Collapsed;
      thread.canReply = true;
      thread.label = labelOf(state, all.indexOf(item) + 1, all.length);
      next.set(hunkId, { thread, hunkId, look });
    }
    for (const [hunkId, old] of threads) {
      if (next.get(hunkId) !== old) {
        old.thread.dispose();
      }
    }
    threads = next;
    if (next.size === 0) {
      controller?.dispose();
      controller = undefined;
    }
  };

  const follow = review.onDidChange(draw);
  return {
    hunkOf: (thread) => [...threads.values()].find((item) => item.thread === thread)?.hunkId,
    dispose: () => {
      follow.dispose();
      controller?.dispose();
    },
  };
}

function labelOf(state: ReviewState, number: number, all: number): string {
  const tallied: [Verdict, (count: number) => string][] = [
    ['approve', (count) => l10n.t('{0} approve', count)],
    ['revise', (count) => l10n.t('{0} revise', count)],
    ['reject', (count) => l10n.t('{0} reject', count)],
    ['abstain', (count) => l10n.t('{0} abstain', count)],
  ];
  const tally = tallied.flatMap(([verdict, say]) => {
    const count = state.votes.filter((vote) => vote.verdict === verdict).length;
    return count > 0 ? [say(count)] : [];
  });
  return l10n.t('Hunk {0} of {1}: {2}', number, all, tally.join(', '));
}

function commentsOf(state: ReviewState, item: Placed): vscode.Comment[] {
  return remarks(state, item).map(({ vote, text }) => ({
    // The model's words: text, never Markdown.
    body: new vscode.MarkdownString().appendText(text),
    mode: vscode.CommentMode.Preview,
    author: { name: words()[`role_${vote.role}`] },
    label: words()[`verdict_${vote.verdict}`],
  }));
}
