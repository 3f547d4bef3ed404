// What reviews do to files of every kind; always compared byte for byte with the disk.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from './harness.mjs';
import { scenario, twice, withReply } from './world.mjs';

/** "Привет" and a line end of Windows, in the old Cyrillic code page. */
const greeting = Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x0d, 0x0a]);
const letter = Buffer.concat([greeting, Buffer.from('one\r\n'), greeting]);
const crlf = 'first\r\nsecond\r\nthird\r\n';

function makeFiles(folder) {
  mkdirSync(join(folder, 'notes'));
  writeFileSync(join(folder, 'notes', 'letter.txt'), letter);
  writeFileSync(join(folder, 'notes', 'windows.txt'), crlf);
  writeFileSync(join(folder, 'notes', 'old.txt'), 'no longer needed\n');
}

const patch = [
  '*** Begin Patch',
  '*** Update File: src/range.js',
  '@@',
  '-  return [parseInt(from, 10), parseInt(to, 10)];',
  '+  return [from ? parseInt(from, 10) : null, to ? parseInt(to, 10) : null];',
  '*** Update File: notes/letter.txt',
  '@@',
  '-one',
  '+two',
  '*** Update File: notes/windows.txt',
  '@@',
  '-second',
  '+2nd',
  '*** Add File: notes/new.txt',
  '+made by the agent',
  '*** Delete File: notes/old.txt',
  '*** End Patch',
];

test(
  'created, deleted, CRLF and an old code page: byte for byte after accept, reject and undo',
  scenario(
    { change: makeFiles, script: withReply(patch), machine: { 'codexSidecar.review': 'auto' } },
    async ({ folder, workbench, page, panel, solve, review, statusSays, read, text, picture }) => {
      const before = text('src/range.js');
      await solve();
      await review('5 of 5 hunks open');
      const changed = () => [read('notes/letter.txt').toString('latin1'), text('notes/windows.txt'), text('notes/new.txt')];
      const two = letter.toString('latin1').replace('one', 'two');
      assert.deepEqual(changed(), [two, crlf.replace('second', '2nd'), 'made by the agent\n']);
      assert.ok(!existsSync(join(folder, 'notes', 'old.txt')));

      await workbench.command('Agent: Review all changes');
      await workbench.tab('Agent changes').waitFor();
      await page.locator('.monaco-diff-editor').first().waitFor();
      await picture('1-all-changes');

      // The line of the old code page stays, those of CRLF and the created file go.
      const reject = (path) => panel.getByRole('button', { name: new RegExp(`^Reject.*${path}`) }).first().click();
      await reject('notes/windows.txt');
      await until('the line has its old text and its old end', () => text('notes/windows.txt') === crlf);
      await reject('notes/new.txt');
      await until('a created file that is rejected is gone', () => !existsSync(join(folder, 'notes', 'new.txt')));
      await reject('notes/old.txt');
      await until('a deleted file that is rejected is back', () => existsSync(join(folder, 'notes', 'old.txt')));
      assert.equal(text('notes/old.txt'), 'no longer needed\n');
      await statusSays('2 of 5 hunks open');
      await picture('2-rejected');

      await workbench.command('Agent: Undo run');
      await workbench.quickInput.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'parseRange' }).first().click();
      await page.getByRole('button', { name: /^Put back/ }).click();
      await until('all bytes are as before the run', () => read('notes/letter.txt').equals(letter) && text('src/range.js') === before);
    },
  ),
);

test(
  'the file changes on disk while its hunks are looked at: both changes are kept',
  scenario({}, async ({ folder, workbench, panel, solve, review, text, picture }) => {
    await workbench.open('range.js');
    await solve();
    await review('2 of 2 hunks open');
    appendFileSync(join(folder, 'src', 'range.js'), '// written by another program meanwhile\n');
    await until('the editor shows it', async () => (await workbench.shown()).includes('written by another program'));
    await panel.getByTestId('answer-all').click();
    await review('done');
    await picture('both');
    assert.match(text('src/range.js'), /a missing end is null[^]*function end\(text\)[^]*written by another program meanwhile\n$/);
  }),
);

test(
  'unsaved text is never overwritten: the run says so, and goes on when it is saved',
  scenario({ script: twice }, async ({ workbench, page, panel, solve, review, statusSays, text, picture }) => {
    const original = text('src/range.js');
    await workbench.open('range.js');
    await page.locator('.monaco-editor .view-line').last().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('// typed and not saved');
    await workbench.tab('range.js').and(page.locator('.dirty')).waitFor();
    await solve();
    await workbench.dialog('Files with unsaved changes').waitFor();
    await picture('1-asked');
    await page.getByRole('button', { name: 'Go on without saving' }).click();
    await statusSays('stopped');
    assert.equal(text('src/range.js'), original);
    assert.match(await workbench.shown(), /typed and not saved/);
    await picture('2-refused');

    await solve();
    await page.getByRole('button', { name: 'Save all' }).click();
    // The model sends the file without the line that was typed: a third hunk, for the user to refuse.
    await review('3 of 3 hunks open');
    await workbench.type('Agent: Previous hunk');
    await page.locator('.statusbar-item').filter({ hasText: 'Ln 13,' }).waitFor();
    await page.keyboard.press('Alt+n');
    await workbench.command('Agent: Accept all');
    await review('done');
    assert.match(text('src/range.js'), /a missing end is null[^]*\/\/ typed and not saved$/);

    // The run that was refused is shown again, then the last one.
    const history = panel.getByTestId('history');
    const showOther = async () => {
      await history.locator('summary').click();
      await history.getByRole('button', { name: /^Show:/ }).click();
    };
    await panel.getByTestId('status').filter({ hasText: 'done' }).waitFor();
    await showOther();
    await panel.getByTestId('status').filter({ hasNotText: 'done' }).waitFor();
    await picture('3-earlier-run');
    await showOther();
    await panel.getByTestId('status').filter({ hasText: 'done' }).waitFor();
  }),
);

const moving = [
  ...patch.slice(0, 5),
  '*** Update File: notes/windows.txt',
  '*** Move to: notes/moved.txt',
  '@@',
  '-second',
  '+2nd',
  '*** End Patch',
];

test(
  'a moved file: before writing its lines are marked under the old name, and Next hunk finds them',
  scenario({ change: makeFiles, script: withReply(moving) }, async ({ folder, workbench, page, solve, review, statusSays, text, picture }) => {
    await workbench.open('windows.txt');
    await solve();
    await statusSays('3 of 3 hunks open');
    // The move is a hunk at the first line, where the cursor is.
    await workbench.command('Agent: Next hunk');
    await page.locator('.statusbar-item').filter({ hasText: 'Ln 2,' }).waitFor();
    await workbench.codeLens('Accept +1 -1').waitFor();
    await picture('marked');
    await page.keyboard.press('Alt+y');
    await statusSays('2 of 3 hunks open');
    await workbench.command('Agent: Accept all');
    await review('done');
    assert.equal(text('notes/moved.txt'), crlf.replace('second', '2nd'));
    assert.ok(!existsSync(join(folder, 'notes', 'windows.txt')));
  }),
);
