import type { Hunk } from '../generated/contracts';

/** Lines as editors count them, without their endings: a file's kind of ending is the sidecar's business. */
export function linesOf(text: string): string[] {
  return text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
}

/** Zero-based; an empty range is the place before that line. */
export interface LineRange {
  start: number;
  count: number;
}

export type Side = 'old' | 'new';

/** Where a hunk lies in the text it was made from. A unified diff counts from 1 and names the line before an insertion. */
export function rangeOn(hunk: Hunk, side: Side): LineRange {
  const [start, count] = side === 'old' ? [hunk.oldStart, hunk.oldLines] : [hunk.newStart, hunk.newLines];
  return { start: count === 0 ? start : start - 1, count };
}

/** What a hunk looks like on one side, with the line before and the line after it. */
export interface Looks {
  lines: readonly string[];
  before: string | undefined;
  after: string | undefined;
}

export function looksOf(text: readonly string[], { start, count }: LineRange): Looks {
  return { lines: text.slice(start, start + count), before: text[start - 1], after: text[start + count] };
}

/** The place of these lines in a text, nearest to where they are expected; undefined when they are not there as they were. */
export function locate(text: readonly string[], looks: Looks, expected: number): number | undefined {
  const { lines } = looks;
  const fits = (at: number) => lines.every((line, index) => text[at + index] === line);
  const neighbours = (at: number) => Number(text[at - 1] === looks.before) + Number(text[at + lines.length] === looks.after);
  let best: { at: number; score: number } | undefined;
  for (let at = 0; at + lines.length <= text.length; at++) {
    if (!fits(at)) {
      continue;
    }
    const known = neighbours(at);
    // Nothing is to be seen of an empty place: only both lines around it say where it was.
    if (lines.length === 0 && known < 2) {
      continue;
    }
    const score = Math.abs(at - expected) - known * 1000;
    if (!best || score < best.score) {
      best = { at, score };
    }
  }
  return best?.at;
}

/** A change of a document: these lines became so many others. */
export interface LineChange {
  start: number;
  /** How many line breaks were taken out. */
  removed: number;
  /** How many line breaks were put in. */
  added: number;
}

/** Where a range is after a change; `touched` when the change was inside it. */
export function shift(range: LineRange, change: LineChange): { range: LineRange; touched: boolean } {
  const delta = change.added - change.removed;
  const end = range.start + range.count;
  const changeEnd = change.start + change.removed;
  if (changeEnd < range.start || (changeEnd === range.start && change.removed > 0 && range.count > 0)) {
    return { range: { ...range, start: range.start + delta }, touched: changeEnd === range.start && range.count > 0 };
  }
  if (change.start >= end && !(range.count === 0 && change.start === range.start)) {
    return { range, touched: false };
  }
  if (range.count === 0) {
    return { range: { ...range, start: range.start + (change.start < range.start ? delta : 0) }, touched: true };
  }
  return { range: { start: Math.min(range.start, change.start), count: Math.max(0, range.count + delta) }, touched: true };
}
