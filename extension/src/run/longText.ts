/** The end of a growing text in blocks, so that adding to it costs the same however long it is. */
export interface LongText {
  readonly blocks: readonly string[];
  /** Characters in all blocks. */
  readonly length: number;
}

export const noText: LongText = { blocks: [], length: 0 };

/** The end of a longer output says most. */
const limit = 4 << 20;
const blockLength = 64 << 10;

export function textOf(text: string): LongText {
  return grown(noText, text);
}

export function grown({ blocks, length }: LongText, text: string): LongText {
  const last = blocks.at(-1);
  const next = last !== undefined && last.length < blockLength ? [...blocks.slice(0, -1), last + text] : [...blocks, text];
  let total = length + text.length;
  // Whole blocks only: what is too much of the first one is cut when the text is read.
  while (next[0] !== undefined && total - next[0].length >= limit) {
    total -= next[0].length;
    next.shift();
  }
  return { blocks: next, length: total };
}

export function whole({ blocks }: LongText): string {
  return blocks.join('').slice(-limit);
}
