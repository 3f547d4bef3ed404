// One task at a time: the turn is taken before the first question to the user and given back by the same task when all is over.
export interface Turn {
  readonly taken: boolean;
  /** When Stop was first pressed in this turn, in milliseconds since 1970; 0: not pressed. */
  readonly stopPressed: number;
  press(): void;
  /** Rejects at once when the turn is taken; `work` looks at stopPressed after every wait. */
  take(work: () => Promise<void>): Promise<void>;
}

/** @param refusal what is said to a second task */
export function createTurn(refusal: () => string, changed: (taken: boolean) => void): Turn {
  let taken = false;
  let stopPressed = 0;
  const set = (value: boolean) => {
    taken = value;
    stopPressed = 0;
    changed(value);
  };
  return {
    get taken() {
      return taken;
    },
    get stopPressed() {
      return stopPressed;
    },
    press: () => {
      stopPressed ||= taken ? Date.now() : 0;
    },
    take: async (work) => {
      if (taken) {
        throw new Error(refusal());
      }
      set(true);
      try {
        await work();
      } finally {
        set(false);
      }
    },
  };
}
