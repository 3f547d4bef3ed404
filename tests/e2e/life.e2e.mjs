import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { until } from './harness.mjs';
import { gated, scenario, threeHunks } from './world.mjs';

/** The sidecars whose state is in this folder: none of other tests or of the user. */
function sidecars(home) {
  const found = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\S*codex-sidecar) acp$/.exec(line)?.[1])
    .filter(Boolean);
  return found.filter((pid) => {
    try {
      return execFileSync('cat', [`/proc/${pid}/environ`], { encoding: 'utf8' }).includes(`CODEX_SIDECAR_HOME=${home}/`);
    } catch {
      return false;
    }
  });
}

test(
  'the window is reloaded in mid-run: the same screen again',
  scenario(
    { script: (words) => gated(words, 'Carry out the plan') },
    async ({ home, workbench, panel, solve, review, statusSays, text, picture }) => {
      const original = text('src/range.js');
      await solve();
      await review('patch');
      await panel.getByTestId('tally').waitFor({ timeout: 30000 });
      const [before] = sidecars(home);
      assert.ok(before);
      await workbench.reload();
      await panel.getByTestId('tally').waitFor({ timeout: 60000 });
      await panel.getByTestId('vote-reviewer').filter({ hasText: 'Confidence' }).waitFor({ state: 'attached', timeout: 30000 });
      await statusSays('cancelled');
      await picture('reloaded');
      assert.equal(text('src/range.js'), original);
      await until('the sidecar of before is gone', () => !sidecars(home).includes(before));
    },
  ),
);

test(
  'the sidecar is killed in mid-run: a clear message, and it is started again',
  scenario({ script: threeHunks }, async ({ home, workbench, panel, solve, review, statusSays, text, picture }) => {
    const original = text('src/range.js');
    await workbench.open('range.js');
    await solve();
    await review('3 of 3 hunks open');
    const [pid] = sidecars(home);
    process.kill(Number(pid), 'SIGKILL');
    await workbench.notification('in the middle of a run').waitFor({ timeout: 20000 });
    assert.equal(await workbench.page.locator('.notifications-toasts .notification-list-item').count(), 1, 'it is said once');
    await picture('message');
    await statusSays('interrupted');
    await panel.getByTestId('interrupted').waitFor({ timeout: 20000 });
    await picture('again');
    assert.equal(text('src/range.js'), original);
    assert.notEqual(sidecars(home)[0], pid);
    await until('no lens of the dead run is left', async () => (await workbench.codeLens('✓ Accept +').count()) === 0);
  }),
);
