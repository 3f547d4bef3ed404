import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { SetContext } from '../contexts';
import type { Register } from '../register';
import type { VoteComments } from './comments';
import type { Deciding } from './decide';
import type { Review } from './review';
import { counts, findHunk, onward, openHunks } from './select';
import { goTo, showAll, showHunk } from './show';
import { atCursor, fileTarget, hunkTarget } from './targets';

export function registerReviewCommands(register: Register, review: Review, deciding: Deciding, comments: VoteComments): void {
  const next = async (step: 1 | -1) => {
    const editor = vscode.window.activeTextEditor;
    const cursor = editor
      ? { path: review.pathOf(editor.document.uri), line: editor.selection.active.line, lines: editor.document.lineCount }
      : { path: undefined, line: 0, lines: 1 };
    for (const found of onward(review.state, cursor, step)) {
      try {
        await goTo(review, found);
        return;
      } catch {
        // A file that has no text, or went away since, must not bar the way to the next one; the panel lists it.
        vscode.window.setStatusBarMessage(l10n.t('Agent: {0} cannot be shown', found.file.path), 5000);
      }
    }
  };
  const one =
    (accept: boolean) =>
    async (...args: unknown[]) => {
      const target = hunkTarget(review, comments, args);
      if (target) {
        const fromKeyboard = args.length === 0;
        await deciding.decide([target.hunkId], accept, target.reason);
        if (fromKeyboard && counts(review.state).open > 0) {
          await next(1);
        }
      }
    };
  const many = (accept: boolean, path?: string) =>
    deciding.decide(
      openHunks(review.state, path).map(({ hunk }) => hunk.hunk.hunkId),
      accept,
    );
  const file =
    (accept: boolean) =>
    async (...args: unknown[]) => {
      const path = fileTarget(review, args);
      if (path !== undefined) {
        await many(accept, path);
      }
    };

  register('acceptHunk', one(true));
  register('rejectHunk', one(false));
  register('undoMark', (...args) => {
    const target = hunkTarget(review, comments, args);
    if (target) {
      deciding.undoMark(target.hunkId);
    }
  });
  register('acceptFile', file(true));
  register('rejectFile', file(false));
  register('acceptAll', () => many(true));
  register('rejectAll', () => many(false));
  register('applyMarked', () => {
    deciding.apply();
  });
  register('nextHunk', () => next(1));
  register('previousHunk', () => next(-1));
  register('reviewAll', () => showAll(review));
  register('showHunk', async (...args) => {
    const found = findHunk(review.state, hunkTarget(review, comments, args)?.hunkId ?? '');
    if (found) {
      await showHunk(review, found);
    }
  });
}

/** The conditions of the manifest's menus and keys. */
export function followReview(review: Review, set: SetContext): vscode.Disposable {
  const draw = () => {
    const editor = vscode.window.activeTextEditor;
    const path = editor ? review.pathOf(editor.document.uri) : undefined;
    set('hasHunks', openHunks(review.state).length > 0);
    set('reviewing', review.state.phase === 'first');
    set('fileHasHunks', path !== undefined && openHunks(review.state, path).length > 0);
    set('hunkAtCursor', atCursor(review) !== undefined);
  };
  return vscode.Disposable.from(
    review.onDidChange(draw),
    vscode.window.onDidChangeActiveTextEditor(draw),
    vscode.window.onDidChangeTextEditorSelection(() => {
      if (review.state.phase !== 'none') {
        draw();
      }
    }),
  );
}
