// What comes into sight by itself: a question always; the votes when a ballot opens, unless the user has scrolled or typed in this run.
import type { PanelState } from '../types';

export interface Sight {
  /** After each drawing; whether something new was brought into sight. */
  bring(state: PanelState): { question: boolean; votes: boolean };
}

export function createSight(): Sight {
  let asked: string | undefined;
  let ballot: string | undefined;
  let run: string | undefined;
  let busy = false;
  for (const hand of ['wheel', 'touchmove', 'keydown']) {
    addEventListener(
      hand,
      () => {
        busy = true;
      },
      { passive: true },
    );
  }
  return {
    bring: ({ question, view }) => {
      if (view.run?.runId !== run) {
        run = view.run?.runId;
        busy = false;
      }
      const isAsked = question !== null && question.askId !== asked;
      asked = question?.askId;
      const opened = view.ballot && !view.ballot.tally && !view.run?.end ? `${run ?? ''} ${view.ballot.round}` : undefined;
      const votes = opened !== undefined && opened !== ballot && !busy && !isAsked;
      ballot = opened ?? ballot;
      const part = isAsked ? 'question' : votes ? 'consilium' : undefined;
      if (part) {
        document.querySelector(`[data-testid=${part}]`)?.scrollIntoView({ block: isAsked ? 'center' : 'start' });
      }
      return { question: isAsked, votes };
    },
  };
}
