import type { EventEnvelope } from '../generated/contracts';

/** Gathers the events of one run while they are told again; the session's own order knows them already and passes them over. */
export interface RunEvents {
  take(envelope: EventEnvelope): void;
  /** In their order, once there are so many, or those there are after the time given. */
  all(count: number, milliseconds: number): Promise<EventEnvelope[]>;
}

export function gatherRun(runId: string): RunEvents {
  const found = new Map<number, EventEnvelope>();
  let check = () => {};
  return {
    take: (envelope) => {
      if (envelope.runId === runId) {
        found.set(envelope.seq, envelope);
        check();
      }
    },
    // The answer may be handled before the last of the messages that came before it.
    all: (count, milliseconds) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          check = () => {};
          resolve([...found.values()].sort((one, other) => one.seq - other.seq));
        };
        const timer = setTimeout(done, milliseconds);
        check = () => {
          if (found.size >= count) {
            done();
          }
        };
        check();
      }),
  };
}
