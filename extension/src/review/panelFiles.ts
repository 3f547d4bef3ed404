import type { PanelFile, ReviewFacts } from '../panel/types';
import type { ReviewState } from '../run/projections';

/** The review as the panel draws it. */
export function panelFiles(state: ReviewState): readonly PanelFile[] {
  return state.phase === 'none'
    ? []
    : state.files.map((file) => ({
        path: file.path,
        change: file.change,
        hunks: file.hunks.map((hunk) => ({
          hunkId: hunk.hunk.hunkId,
          state: hunk.state,
          line: hunk.range.start + 1,
          added: hunk.hunk.newLines,
          removed: hunk.hunk.oldLines,
          header: hunk.hunk.header,
          ...(hunk.note ? { note: hunk.note } : {}),
        })),
      }));
}

export function reviewFacts(state: ReviewState, review: string | undefined, refused: string): ReviewFacts {
  return {
    when: state.phase === 'after' ? 'after' : 'first',
    ...(review === 'patch' ? { wholeFiles: true } : {}),
    ...(state.phase === 'look' ? { refused } : {}),
  };
}
