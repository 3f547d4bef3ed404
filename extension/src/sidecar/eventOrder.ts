import type { EventEnvelope } from '../generated/contracts';

/** Hands events on exactly once and in order, whatever order messages were handled in; a gap that stays is asked for again. */
export interface EventOrder {
  readonly last: number;
  take(envelope: EventEnvelope): void;
  /** Resolves when everything up to this number has been handed on, or after the time given. */
  reached(seq: number, milliseconds: number): Promise<void>;
  /** Waits for nothing any more, and lets nobody wait. */
  dispose(): void;
}

export function createEventOrder(apply: (envelope: EventEnvelope) => void, replayAfter: (seq: number) => void, patience = 500): EventOrder {
  let last = 0;
  let asking: NodeJS.Timeout | undefined;
  const early = new Map<number, EventEnvelope>();
  const waiting = new Set<{ check(): void; done(): void }>();

  const drain = () => {
    for (let next = early.get(last + 1); next; next = early.get(last + 1)) {
      early.delete(next.seq);
      last = next.seq;
      apply(next);
    }
    if (early.size === 0) {
      clearTimeout(asking);
      asking = undefined;
    } else {
      // A message handled a tick too early is no gap; one that is missing for longer is.
      asking ??= setTimeout(() => {
        asking = undefined;
        replayAfter(last);
      }, patience);
    }
    for (const waiter of [...waiting]) {
      waiter.check();
    }
  };

  return {
    get last() {
      return last;
    },
    take(envelope) {
      if (envelope.seq > last && !early.has(envelope.seq)) {
        early.set(envelope.seq, envelope);
        drain();
      }
    },
    reached: (seq, milliseconds) =>
      new Promise((resolve) => {
        const waiter = {
          done: () => {
            clearTimeout(timer);
            waiting.delete(waiter);
            resolve();
          },
          check: () => {
            if (last >= seq) {
              waiter.done();
            }
          },
        };
        const timer = setTimeout(waiter.done, milliseconds);
        waiting.add(waiter);
        waiter.check();
      }),
    dispose: () => {
      clearTimeout(asking);
      asking = undefined;
      early.clear();
      for (const waiter of [...waiting]) {
        waiter.done();
      }
    },
  };
}
