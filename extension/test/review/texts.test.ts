import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileChangeEvent, FileSystemProvider } from 'vscode';
import type { PatchFile, PatchText, RunEvent } from '../../src/generated/contracts';
import { createReview } from '../../src/review/review';
import { registerTexts, virtualUri } from '../../src/review/texts';
import { createRuns } from '../../src/run/runs';
import { editor, held, Uri } from '../fakes/vscode';

const file: PatchFile = {
  path: 'a.js',
  change: 'modified',
  unified: '',
  added: 1,
  removed: 1,
  hunks: [{ hunkId: 'h1', oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, header: '' }],
};

function bench() {
  let seq = 0;
  const runs = createRuns();
  const review = createReview(runs);
  review.setFolder(Uri.file('/w') as never);
  editor.files.set('/w/a.js', new TextEncoder().encode('old\n'));
  const texts = registerTexts(review, () => Promise.resolve());
  const happens = (event: RunEvent, proposed: PatchText[] = []) => {
    seq++;
    runs.dispatch({ type: 'event', envelope: { seq, at: '', runId: 'r', event }, texts: proposed });
  };
  const propose = (patchId: string, newText: string) => {
    happens({ kind: 'patch_proposed', patchId, attempt: 1, files: [file] }, [{ path: 'a.js', oldText: 'old\n', newText }]);
  };
  happens({ kind: 'run_started', task: 't', level: 2, model: 'm' });
  propose('p1', 'new\n');
  const uri = virtualUri(review, 'a.js', 'codex-sidecar-proposed');
  const provider = editor.fileSystems.get('codex-sidecar-proposed') as FileSystemProvider;
  const changed: string[] = [];
  const listening = provider.onDidChangeFile((all: FileChangeEvent[]) => {
    changed.push(...all.map((one) => one.uri.toString()));
  });
  return { runs, review, texts, happens, propose, uri, provider, changed, listening };
}

test('an open diff follows a new proposal for its file', async () => {
  const { happens, propose, uri, provider, changed } = bench();
  const before = await provider.stat(uri);
  propose('p2', 'better\n');
  assert.deepEqual(changed, [uri.toString()], 'the editor is told');
  assert.ok((await provider.stat(uri)).mtime > before.mtime, 'or it takes the text it has for the same');
  assert.equal(new TextDecoder().decode(await provider.readFile(uri)), 'better\n');
  // Taken back in between, such as before a fresh attempt.
  happens({ kind: 'rolled_back', snapshotId: 's', reason: 'red', files: 1 });
  propose('p3', 'best\n');
  assert.deepEqual(changed, [uri.toString(), uri.toString()]);
});

test('a text that stays as it was is not read again', () => {
  const { review, propose, changed } = bench();
  review.dispatch({ type: 'mark', hunkIds: ['h1'], state: 'accepted' });
  propose('p2', 'new\n');
  assert.deepEqual(changed, []);
});

test('nothing of the texts stays behind', () => {
  held.clear();
  const { runs, review, texts, listening } = bench();
  listening.dispose();
  texts.dispose();
  review.dispose();
  runs.dispose();
  assert.equal(held.size, 0);
});
