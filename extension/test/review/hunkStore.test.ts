import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PatchFile, PatchText, RunEvent } from '../../src/generated/contracts';
import { reviewOf, type ReviewState } from '../../src/run/projections';
import { emptyRun, reduceRun, type RunAction } from '../../src/run/runState';
import { counts, decisions, hunkAt, onward, openHunks, pathOnDisk, placed, remarks } from '../../src/review/select';

const oldText = 'one\ntwo\nthree\nfour\nfive\nsix\n';
const newText = 'ONE\ntwo\nthree\nfour\nadded\nfive\n';
const file: PatchFile = {
  path: 'src/a.js',
  change: 'modified',
  unified: '',
  added: 2,
  removed: 2,
  hunks: [
    { hunkId: 'h1', oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, header: '' },
    { hunkId: 'h2', oldStart: 4, oldLines: 0, newStart: 5, newLines: 1, header: '' },
    { hunkId: 'h3', oldStart: 6, oldLines: 1, newStart: 6, newLines: 0, header: '' },
  ],
};
/** A review and how it came about. */
type Store = ReviewState & { actions: readonly RunAction[] };

const event = (it: RunEvent, texts: readonly PatchText[] = []): RunAction => ({
  type: 'event',
  envelope: { seq: 0, at: '', runId: 'r', event: it },
  texts,
});
/** Events are numbered in their order. */
const run = (store: Store, ...more: RunAction[]): Store => {
  const actions = [...store.actions, ...more];
  const state = actions.reduce(
    (before, action, index) =>
      reduceRun(before, action.type === 'event' ? { ...action, envelope: { ...action.envelope, seq: index + 1 } } : action),
    emptyRun,
  );
  return { ...reviewOf(state), actions };
};
const empty: Store = { ...reviewOf(emptyRun), actions: [] };
const started = event({ kind: 'run_started', task: 't', level: 2, model: 'm' });
const texts = [{ path: 'src/a.js', oldText, newText }];
const proposed = event({ kind: 'patch_proposed', patchId: 'p1', attempt: 1, files: [file] }, texts);
const asked = event({ kind: 'permission_asked', askId: 'a1', subject: 'patch', risk: 'low', question: '?', reason: '' });
const applied = event({ kind: 'patch_applied', patchId: 'p1', files: [] });
const finished = (stop: 'done' | 'tests_failed') => event({ kind: 'run_finished', stop, message: '' });
const document = (text: string, saved = true): RunAction => ({ type: 'document', path: 'src/a.js', text, saved });
const mark = (id: string, state: 'accepted' | 'rejected' | 'pending', note?: string): RunAction => ({
  type: 'mark',
  hunkIds: [id],
  state,
  ...(note ? { note } : {}),
});
const starts = (store: Store) => store.files.flatMap(({ hunks }) => hunks.map(({ range }) => range.start));
const states = (store: Store) => store.files.flatMap(({ hunks }) => hunks.map(({ state }) => state));

const first = run(empty, started, proposed, asked);
const after = run(empty, started, proposed, applied, finished('done'));

test('before writing, hunks lie in the old text and answers are marks', () => {
  assert.equal(first.phase, 'first');
  assert.deepEqual(starts(first), [0, 4, 5]);
  const marked = run(first, mark('h1', 'accepted'), mark('h2', 'rejected', 'not needed'));
  assert.deepEqual(counts(marked), { open: 1, all: 3, accepted: 1 });
  assert.deepEqual(decisions(marked), [
    { hunkId: 'h1', accept: true },
    { hunkId: 'h2', accept: false, reason: 'not needed' },
    { hunkId: 'h3', accept: false },
  ]);
  assert.equal(counts(run(marked, mark('h1', 'pending'))).open, 2);
});

test('after writing, hunks lie in the new text, and undecided ones are open', () => {
  assert.equal(after.phase, 'after');
  assert.deepEqual(starts(after), [0, 4, 6]);
  assert.equal(after.files[0]?.base, oldText);
});

test('what was decided before writing is not asked again', () => {
  const decided = event({
    kind: 'hunks_decided',
    patchId: 'p1',
    by: 'user',
    decisions: ['h1', 'h2', 'h3'].map((hunkId) => ({ hunkId, accept: hunkId !== 'h2' })),
  });
  const done = run(
    first,
    event({ kind: 'permission_answered', askId: 'a1', allowed: true, by: 'user' }),
    decided,
    applied,
    finished('done'),
  );
  assert.equal(done.phase, 'none');
  assert.deepEqual(placed(done), []);
});

test('a run that failed or was rolled back leaves nothing to review', () => {
  assert.equal(run(first, applied, finished('tests_failed')).phase, 'none');
  const back = event({ kind: 'rolled_back', snapshotId: 's', reason: 'tests', files: 1 });
  assert.deepEqual(run(first, applied, back, finished('tests_failed')).files, []);
});

test('at level 0 a proposal can be looked at', () => {
  const level0 = event({ kind: 'run_started', task: 't', level: 0, model: 'm' });
  assert.equal(run(empty, level0, proposed, finished('done')).phase, 'look');
});

test('typing above moves hunks at once; typing inside makes a hunk edited and taking it back makes it open again', () => {
  const above: RunAction = { type: 'edited', path: 'src/a.js', changes: [{ start: 0, removed: 0, added: 2 }] };
  assert.deepEqual(starts(run(after, above)).slice(1), [6, 8]);
  const moved = run(after, document(`top\n${newText}`, false));
  assert.deepEqual(starts(moved), [1, 5, 7]);
  const typed = run(after, document(newText.replace('added', 'added by me'), false));
  assert.deepEqual(states(typed), ['pending', 'edited', 'pending']);
  assert.deepEqual(states(run(typed, document(newText))), ['pending', 'pending', 'pending']);
});

test('a hunk the user takes out and saves is rejected; back in the saved text it is open again', () => {
  const undone = newText.replace('ONE', 'one');
  assert.equal(states(run(after, document(undone, false)))[0], 'pending');
  const saved = run(after, document(undone));
  assert.equal(states(saved)[0], 'rejected');
  assert.equal(states(run(saved, document(newText)))[0], 'pending');
});

test('the kind of line ending does not matter', () => {
  assert.deepEqual(starts(run(after, document(newText.replaceAll('\n', '\r\n')))), [0, 4, 6]);
});

test('a later patch to the same file keeps the text before the run as its base', () => {
  const again: PatchFile = { ...file, hunks: [{ hunkId: 'h4', oldStart: 2, oldLines: 1, newStart: 2, newLines: 1, header: '' }] };
  const both = run(
    empty,
    started,
    proposed,
    applied,
    event({ kind: 'patch_proposed', patchId: 'p2', attempt: 2, files: [again] }, [
      { path: 'src/a.js', oldText: newText, newText: newText.replace('two', 'TWO') },
    ]),
    event({ kind: 'patch_applied', patchId: 'p2', files: [] }),
    finished('done'),
  );
  assert.equal(both.files.length, 1);
  assert.equal(both.files[0]?.base, oldText);
  assert.equal(both.files[0].proposed, newText.replace('two', 'TWO'));
  assert.deepEqual(
    openHunks(both).map(({ hunk }) => hunk.patchId),
    ['p1', 'p2', 'p1', 'p1'],
  );
});

test('a conflict says why and is not open', () => {
  const conflicted = run(after, { type: 'conflicted', hunks: [{ hunkId: 'h1', reason: 'changed since' }] });
  assert.equal(conflicted.files[0]?.hunks[0]?.note, 'changed since');
  assert.equal(counts(conflicted).open, 2);
});

test('the hunk at the cursor, and the next one around the end', () => {
  const id = (item: ReturnType<typeof hunkAt>) => item?.hunk.hunk.hunkId;
  assert.equal(id(hunkAt(first, 'src/a.js', 0)), 'h1');
  assert.equal(id(hunkAt(first, 'src/a.js', 4)), 'h2');
  assert.equal(id(hunkAt(first, 'src/a.js', 2)), undefined);
  const way = (line: number, step: 1 | -1) => onward(first, { path: 'src/a.js', line, lines: 7 }, step).map(id);
  assert.deepEqual(way(0, 1), ['h2', 'h3', 'h1']);
  assert.deepEqual(way(5, 1), ['h1', 'h2', 'h3']);
  assert.deepEqual(way(0, -1), ['h3', 'h2', 'h1']);
  assert.deepEqual(onward(first, { path: undefined, line: 0, lines: 1 }, 1).map(id), ['h1', 'h2', 'h3']);
});

test('the way from hunk to hunk leads past every file, also from a line below which a hunk is added', () => {
  const added = (path: string, hunkId: string, oldStart: number): PatchFile => ({
    ...file,
    path,
    hunks: [{ hunkId, oldStart, oldLines: 0, newStart: oldStart + 1, newLines: 1, header: '' }],
  });
  const files = [added('one.txt', 'below', 1), added('two.txt', 'two', 0), added('three.txt', 'three', 0)];
  const store = run(empty, started, event({ kind: 'patch_proposed', patchId: 'p1', attempt: 1, files }), asked);
  const way = (path: string, line: number, step: 1 | -1) =>
    onward(store, { path, line, lines: 1 }, step).map(({ hunk }) => hunk.hunk.hunkId);
  // A single line without an end: the hunk lies at line 1, the cursor gets to line 0 only.
  assert.deepEqual(way('one.txt', 0, 1), ['two', 'three', 'below']);
  assert.deepEqual(way('two.txt', 0, 1), ['three', 'below', 'two']);
  assert.deepEqual(way('two.txt', 0, -1), ['below', 'three', 'two']);
});

test('a moved file is looked for under its old name until the move is written', () => {
  const proposal = event({
    kind: 'patch_proposed',
    patchId: 'p1',
    attempt: 1,
    files: [{ ...file, path: 'new.js', from: 'src/a.js', change: 'moved' }],
  });
  const names = (store: Store) => store.files.map((item) => pathOnDisk(store, item));
  assert.deepEqual(names(run(empty, started, proposal, asked)), ['src/a.js']);
  assert.deepEqual(names(run(empty, started, proposal, applied, finished('done'))), ['new.js']);
  assert.deepEqual(names(first), ['src/a.js']);
});

test('a vote that names the place is a remark at the hunk', () => {
  const vote = event({
    kind: 'vote_cast',
    round: 1,
    vote: {
      role: 'qa',
      verdict: 'revise',
      decision: 'd',
      risks: ['a.js is used by others'],
      checks: [],
      reason: '',
      state: 'valid',
      tokens: 0,
      milliseconds: 0,
      objections: [{ must: true, at: 'src/a.js:1', quote: '', text: 'why capitals?', state: 'unverified' }],
    },
  });
  const store = run(empty, started, vote, proposed, asked);
  const texts1 = placed(store).map((item) => remarks(store, item).map(({ text }) => text));
  assert.deepEqual(texts1[0], ['why capitals?\na.js is used by others']);
});
