/** How long to wait before the next start, in milliseconds; undefined: stop and ask. */
export interface Backoff {
  died(at: number): number | undefined;
  /** The user asked for a start: what was before no longer counts. */
  reset(): void;
}

const delays = [500, 2000, 5000];
const window = 60_000;

/** Three deaths within a minute are enough. */
export function createBackoff(): Backoff {
  let deaths: number[] = [];
  return {
    died(at) {
      deaths = [...deaths.filter((death) => at - death < window), at];
      return deaths.length >= delays.length ? undefined : delays[deaths.length - 1];
    },
    reset() {
      deaths = [];
    },
  };
}
