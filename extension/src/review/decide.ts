// What accept and reject do: a mark while the sidecar waits, a decision that takes effect at once when all is written.
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { DecideResult, HunkDecision } from '../generated/contracts';
import type { Review } from './review';
import { decisions, findHunk, isOpen, openHunks, placed } from './select';

export interface Deciding {
  /**
   * Ids only: one that is unknown or decided does nothing.
   * @param turn a mark may be turned round; not by a lens, which may be an old one
   */
  decide(hunkIds: readonly string[], accept: boolean, reason?: string, turn?: boolean): Promise<void>;
  undoMark(hunkId: string): void;
  /** Ends a review first with the marks as they are. */
  apply(): void;
}

export function createDeciding(
  review: Review,
  answer: (askId: string, decisions: HunkDecision[]) => void,
  send: (patchId: string, decisions: HunkDecision[]) => Promise<DecideResult>,
): Deciding {
  const apply = () => {
    const { phase, askId } = review.state;
    if (phase === 'first' && askId !== undefined) {
      answer(askId, decisions(review.state));
    }
  };

  const mark = (hunkIds: readonly string[], accept: boolean, reason?: string) => {
    review.dispatch({ type: 'mark', hunkIds, state: accept ? 'accepted' : 'rejected', ...(reason ? { note: reason } : {}) });
    if (openHunks(review.state).length === 0) {
      apply();
    }
  };

  const decideNow = async (hunkIds: readonly string[], accept: boolean, reason?: string) => {
    const byPatch = new Map<string, string[]>();
    for (const { hunk } of placed(review.state)) {
      if (hunkIds.includes(hunk.hunk.hunkId)) {
        byPatch.set(hunk.patchId, [...(byPatch.get(hunk.patchId) ?? []), hunk.hunk.hunkId]);
      }
    }
    for (const [patchId, ids] of byPatch) {
      const result = await send(
        patchId,
        ids.map((hunkId) => ({ hunkId, accept, ...(reason ? { reason } : {}) })),
      );
      const refused = new Set(result.conflicts.map(({ hunkId }) => hunkId));
      review.dispatch({
        type: 'mark',
        hunkIds: ids.filter((id) => !refused.has(id)),
        state: accept ? 'accepted' : 'rejected',
        ...(reason ? { note: reason } : {}),
      });
      review.dispatch({ type: 'conflicted', hunks: result.conflicts });
    }
  };

  return {
    decide: async (hunkIds, accept, reason, turn = false) => {
      const { phase } = review.state;
      const open = hunkIds.filter((id) => {
        const found = findHunk(review.state, id);
        return found !== undefined && (isOpen(found.hunk) || (turn && phase === 'first'));
      });
      if (phase === 'look') {
        void vscode.window.showInformationMessage(l10n.t('Level 0 only reads: a proposal can be looked at, not applied.'));
      } else if (open.length === 0) {
        vscode.window.setStatusBarMessage(l10n.t('Agent: already decided'), 3000);
      } else if (phase === 'first') {
        mark(open, accept, reason);
      } else {
        await decideNow(open, accept, reason);
      }
    },
    undoMark: (hunkId) => {
      if (review.state.phase === 'first') {
        review.dispatch({ type: 'mark', hunkIds: [hunkId], state: 'pending' });
      }
    },
    apply,
  };
}
