// What the surfaces ask a review for.
import type { HunkDecision, Vote } from '../generated/contracts';
import type { ReviewState } from '../run/projections';
import { sideOf, type StoredFile, type StoredHunk } from './hunkStore';

export interface Placed {
  file: StoredFile;
  hunk: StoredHunk;
}

const inText = (one: StoredHunk, other: StoredHunk) => one.range.start - other.range.start;

/** Open: still to be decided. */
export const isOpen = (hunk: StoredHunk) => hunk.state === 'pending' || hunk.state === 'edited';

/** Before writing, the text of a moved file stands under its old name. */
export function pathOnDisk({ phase }: ReviewState, { path, from }: StoredFile): string {
  return sideOf(phase) === 'old' ? (from ?? path) : path;
}

/** All hunks that are shown, file by file in the order of the patch, from top to bottom. */
export function placed(state: ReviewState): Placed[] {
  return state.phase === 'none' ? [] : state.files.flatMap((file) => [...file.hunks].sort(inText).map((hunk) => ({ file, hunk })));
}

export function openHunks(state: ReviewState, path?: string): Placed[] {
  return placed(state).filter(({ file, hunk }) => isOpen(hunk) && (path === undefined || file.path === path));
}

export function findHunk(state: ReviewState, hunkId: string): Placed | undefined {
  return placed(state).find(({ hunk }) => hunk.hunk.hunkId === hunkId);
}

/** The hunk at a line; a place between two lines belongs to the line below it and the line above it. */
export function hunkAt(state: ReviewState, path: string, line: number): Placed | undefined {
  const here = placed(state).filter(({ file }) => file.path === path);
  const covers = ({ hunk: { range } }: Placed) => line >= range.start && line < range.start + Math.max(1, range.count);
  const beside = ({ hunk: { range } }: Placed) => range.count === 0 && line === range.start - 1;
  const open = here.filter(({ hunk }) => isOpen(hunk));
  return open.find(covers) ?? open.find(beside) ?? here.find(covers);
}

/** Where the user is; a hunk below the last line of the document is reached at that line. */
export interface Cursor {
  path: string | undefined;
  line: number;
  lines: number;
}

/** The open hunks in the order in which the cursor meets them, around the end; the one it stands on comes last. */
export function onward(state: ReviewState, { path, line, lines }: Cursor, step: 1 | -1): Placed[] {
  const order = state.files.findIndex((file) => file.path === path);
  const away = ({ file, hunk }: Placed) => step * (state.files.indexOf(file) - order || Math.min(hunk.range.start, lines - 1) - line);
  const open = step === 1 ? openHunks(state) : openHunks(state).reverse();
  return [...open.filter((item) => away(item) > 0), ...open.filter((item) => away(item) <= 0)];
}

/** What a review first answers: a hunk without a mark is rejected. */
export function decisions(state: ReviewState): HunkDecision[] {
  return placed(state).map(({ hunk }) => ({
    hunkId: hunk.hunk.hunkId,
    accept: hunk.state === 'accepted',
    ...(hunk.note && hunk.state === 'rejected' ? { reason: hunk.note } : {}),
  }));
}

/** The votes that say something about this hunk: an objection names a line of it, or a risk or check names its file. */
export function remarks(state: ReviewState, { file, hunk }: Placed): { vote: Vote; text: string }[] {
  const { oldStart, oldLines } = hunk.hunk;
  const name = file.path.split('/').at(-1) ?? file.path;
  return state.votes.flatMap((vote) => {
    const objections = (vote.objections ?? []).filter(({ at }) => {
      const place = /^(.*):(\d+)$/.exec(at);
      const line = Number(place?.[2]);
      return place?.[1] === file.path && line >= oldStart - 3 && line <= oldStart + Math.max(1, oldLines) + 3;
    });
    const texts = [...objections.map(({ text }) => text), ...[...vote.risks, ...vote.checks].filter((text) => text.includes(name))];
    return texts.length > 0 ? [{ vote, text: texts.join('\n') }] : [];
  });
}

export function counts(state: ReviewState): { open: number; all: number; accepted: number } {
  const all = placed(state);
  return {
    open: all.filter(({ hunk }) => isOpen(hunk)).length,
    all: all.length,
    accepted: all.filter(({ hunk }) => hunk.state === 'accepted').length,
  };
}
