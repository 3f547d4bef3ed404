// What is under review, as a value: events, marks, decisions and documents go in, the next state comes out.
// Everything that is drawn of hunks (lenses, decorations, gutter, comments, panel) is drawn from it.
import type { FileChange, Hunk, PatchFile, PatchText, RunEvent } from '../generated/contracts';
import { linesOf, locate, looksOf, rangeOn, shift, type LineChange, type LineRange, type Looks, type Side } from './lines';

export type HunkState = 'pending' | 'accepted' | 'rejected' | 'edited' | 'conflicted';

export interface StoredHunk {
  hunk: Hunk;
  patchId: string;
  state: HunkState;
  /** Where it is in the document now. */
  range: LineRange;
  oldLooks: Looks;
  newLooks: Looks;
  /** Why it is conflicted, or the user's reason of a reject. */
  note: string | undefined;
}

export interface StoredFile {
  path: string;
  change: FileChange;
  from?: string;
  /** Undefined: the file is new, or its texts are too large to show. */
  base: string | undefined;
  proposed: string | undefined;
  /** False: too large or not text; it is decided as one, without being shown. */
  shown: boolean;
  hunks: readonly StoredHunk[];
}

/**
 * `first`: the sidecar waits, answers are marks. `after`: written and tested, an answer takes effect at once. `look`: nothing can be
 * applied.
 */
export type Phase = 'none' | 'first' | 'after' | 'look';

/** The part of a run's state that is about its patches. */
export interface Hunks {
  readonly phase: Phase;
  /** The question that waits in a review first. */
  readonly askId: string | undefined;
  readonly files: readonly StoredFile[];
  /** By patch. */
  readonly texts: ReadonlyMap<string, readonly PatchText[]>;
  readonly proposed: readonly { patchId: string; files: readonly PatchFile[] }[];
  /** The patches that are in the files. */
  readonly applied: ReadonlySet<string>;
}

export type HunkAction =
  | { type: 'mark'; hunkIds: readonly string[]; state: 'accepted' | 'rejected' | 'pending'; note?: string }
  | { type: 'conflicted'; hunks: readonly { hunkId: string; reason: string }[] }
  | { type: 'edited'; path: string; changes: readonly LineChange[] }
  | { type: 'document'; path: string; text: string; saved: boolean };

/** @param texts of the patch that the event proposes; `level` is that of the run */
interface HunkEvent {
  type: 'event';
  event: RunEvent;
  texts: readonly PatchText[];
  level: number | undefined;
}

export const noHunks: Hunks = {
  phase: 'none',
  askId: undefined,
  files: [],
  texts: new Map(),
  proposed: [],
  applied: new Set(),
};

export function reduceHunks(store: Hunks, action: HunkAction | HunkEvent): Hunks {
  switch (action.type) {
    case 'event':
      return onEvent(store, action);
    case 'mark': {
      const { hunkIds, state, note } = action;
      return eachHunk(store, (hunk) => (hunkIds.includes(hunk.hunk.hunkId) ? marked(hunk, state, note) : hunk));
    }
    case 'conflicted': {
      const reasons = new Map(action.hunks.map(({ hunkId, reason }) => [hunkId, reason]));
      return eachHunk(store, (hunk) => {
        const reason = reasons.get(hunk.hunk.hunkId);
        return reason === undefined ? hunk : marked(hunk, 'conflicted', reason);
      });
    }
    case 'edited':
      return eachFile(store, action.path, (file) => shifted(file, action.changes));
    case 'document':
      return eachFile(store, action.path, (file) => relocated(file, sideOf(store.phase), linesOf(action.text), action.saved));
  }
}

function onEvent(store: Hunks, { event, texts, level }: HunkEvent): Hunks {
  switch (event.kind) {
    case 'patch_proposed': {
      const proposed = [...store.proposed, { patchId: event.patchId, files: event.files }];
      const next: Hunks = { ...store, proposed, texts: new Map([...store.texts, [event.patchId, texts]]) };
      return { ...next, phase: 'none', files: filesOf(next, [event.patchId], 'old') };
    }
    case 'permission_asked':
      return event.subject === 'patch' ? { ...store, phase: 'first', askId: event.askId } : store;
    case 'permission_answered':
      return event.askId === store.askId ? { ...store, askId: undefined, phase: 'none' } : store;
    case 'hunks_decided':
      return eachHunk(store, (hunk) => {
        const decision = event.decisions.find(({ hunkId }) => hunkId === hunk.hunk.hunkId);
        return decision ? marked(hunk, decision.accept ? 'accepted' : 'rejected', decision.reason) : hunk;
      });
    case 'patch_applied':
      return { ...store, applied: new Set([...store.applied, event.patchId]) };
    case 'rolled_back':
      return { ...store, phase: 'none', files: [], applied: new Set() };
    case 'run_finished':
      return ended(store, event.stop === 'done', level);
    default:
      return store;
  }
}

/** What is left to look at when a run is over: what it wrote and nobody decided; at level 0 what it would have written. */
function ended(store: Hunks, done: boolean, level: number | undefined): Hunks {
  const { applied, proposed } = store;
  const closed: Hunks = { ...store, askId: undefined };
  if (applied.size === 0) {
    return level === 0 && proposed.length > 0 ? { ...closed, phase: 'look' } : { ...closed, phase: 'none', files: [] };
  }
  const decided = new Map(store.files.flatMap((file) => file.hunks.map((hunk) => [hunk.hunk.hunkId, hunk] as const)));
  if (!done) {
    return { ...closed, phase: 'none', files: [] };
  }
  const files = filesOf(store, [...applied], 'new').map((file) => ({
    ...file,
    hunks: file.hunks.map((hunk) => {
      const before = decided.get(hunk.hunk.hunkId);
      return before ? marked(hunk, before.state, before.note) : hunk;
    }),
  }));
  return files.some((file) => file.hunks.some((hunk) => hunk.state === 'pending'))
    ? { ...closed, phase: 'after', files }
    : { ...closed, phase: 'none', files: [] };
}

/** The files of these patches: hunks of a later patch lie in the text the earlier one left. */
function filesOf(store: Hunks, patchIds: readonly string[], side: Side): StoredFile[] {
  const files = new Map<string, StoredFile>();
  for (const { patchId, files: proposed } of store.proposed) {
    if (!patchIds.includes(patchId)) {
      continue;
    }
    const texts = store.texts.get(patchId) ?? [];
    for (const file of proposed) {
      const made = fileOf(
        file,
        patchId,
        texts.find(({ path }) => path === file.path),
        side,
      );
      const earlier = files.get(file.path);
      files.set(file.path, earlier ? joined(earlier, made) : made);
    }
  }
  return [...files.values()];
}

function fileOf(file: PatchFile, patchId: string, text: PatchText | undefined, side: Side): StoredFile {
  const oldLines = linesOf(text?.oldText ?? '');
  const newLines = linesOf(text?.newText ?? '');
  return {
    path: file.path,
    change: file.change,
    ...(file.from === undefined ? {} : { from: file.from }),
    base: text?.oldText,
    proposed: file.change === 'deleted' ? undefined : text?.newText,
    shown: text !== undefined,
    hunks: file.hunks.map((hunk) => ({
      hunk,
      patchId,
      state: 'pending',
      note: undefined,
      range: rangeOn(hunk, side),
      oldLooks: looksOf(oldLines, rangeOn(hunk, 'old')),
      newLooks: looksOf(newLines, rangeOn(hunk, 'new')),
    })),
  };
}

function joined(earlier: StoredFile, later: StoredFile): StoredFile {
  return {
    ...later,
    change: earlier.change === 'added' && later.change === 'modified' ? 'added' : later.change,
    base: earlier.base,
    shown: earlier.shown && later.shown,
    hunks: [...earlier.hunks, ...later.hunks],
  };
}

function marked(hunk: StoredHunk, state: HunkState, note?: string): StoredHunk {
  return { ...hunk, state, note };
}

function eachHunk(store: Hunks, change: (hunk: StoredHunk) => StoredHunk): Hunks {
  return { ...store, files: store.files.map((file) => ({ ...file, hunks: file.hunks.map(change) })) };
}

function eachFile(store: Hunks, path: string, change: (file: StoredFile) => StoredFile): Hunks {
  return store.files.some((file) => file.path === path)
    ? { ...store, files: store.files.map((file) => (file.path === path ? change(file) : file)) }
    : store;
}

/** The side of the patch that the document shows. */
export function sideOf(phase: Phase): Side {
  return phase === 'after' ? 'new' : 'old';
}

function shifted(file: StoredFile, changes: readonly LineChange[]): StoredFile {
  return {
    ...file,
    hunks: file.hunks.map((hunk) => ({ ...hunk, range: changes.reduce((range, change) => shift(range, change).range, hunk.range) })),
  };
}

/** Finds every hunk again in the document as it is now. */
function relocated(file: StoredFile, side: Side, lines: readonly string[], saved: boolean): StoredFile {
  return {
    ...file,
    hunks: file.hunks.map((hunk) => {
      const [here, other] = side === 'new' ? [hunk.newLooks, hunk.oldLooks] : [hunk.oldLooks, hunk.newLooks];
      const at = locate(lines, here, hunk.range.start);
      const back = locate(lines, other, hunk.range.start);
      if (at !== undefined && (back === undefined || here.lines.length > 0 || hunk.state !== 'rejected')) {
        const found = { ...hunk, range: { start: at, count: here.lines.length } };
        // A rejected hunk that is in the saved text again, such as by Ctrl+Z, is open again. A created file that was rejected is gone,
        // whatever an editor may still show of it.
        const reopened = side === 'new' && saved && file.change !== 'added' && hunk.state === 'rejected' && back === undefined;
        return reopened || hunk.state === 'edited' ? marked(found, 'pending') : found;
      }
      if (back !== undefined) {
        const found = { ...hunk, range: { start: back, count: other.lines.length } };
        // The user took it out of the written text: that is a reject.
        return side === 'new' && saved && hunk.state === 'pending' ? marked(found, 'rejected') : found;
      }
      return hunk.state === 'pending' ? marked(hunk, 'edited') : hunk;
    }),
  };
}
