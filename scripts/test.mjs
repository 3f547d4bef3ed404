// npm test: builds once, runs all suites side by side, says every few seconds where it is, and ends with "N passed, N failed, N skipped".
//   npm test -- --changed [REV]     only what the changes since REV (HEAD) can break; says what that leaves out
//   npm test -- --suite NAME        one suite: engine, sidecar, extension, acp, mcp, http (repeat it for more)
//   npm test -- --class GLOB        C# tests of these classes only, such as '*TallySpecs'
//   npm test -- --namespace NAME    C# tests of these namespaces only
//   npm test -- --long              what is long by nature too: npm run test:long
//   npm test -- --slowest N         how many of the slowest tests are listed (20)
//   npm test -- --no-build          the programs as they are
//   npm test -- --results FILE      where every test and its time is written (out/tests/results.json); -: nowhere
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { needPackages, root } from './run.mjs';
import { chosenFor } from './testing/changed.mjs';
import { fetchClients } from './testing/clients.mjs';
import { Results } from './testing/results.mjs';
import { isXunit, runSuites, startProgram, suites } from './testing/suites.mjs';

const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    changed: { type: 'boolean' },
    suite: { type: 'string', multiple: true, default: suites },
    class: { type: 'string', multiple: true, default: [] },
    namespace: { type: 'string', multiple: true, default: [] },
    long: { type: 'boolean' },
    results: { type: 'string', default: join(root, 'out', 'tests', 'results.json') },
    slowest: { type: 'string', default: '20' },
    'no-build': { type: 'boolean' },
  },
});
if (asked.long) {
  process.env.CODEX_SIDECAR_TESTS_LONG = '1';
}

const filters = [...asked.class.flatMap((glob) => ['-class', glob]), ...asked.namespace.flatMap((name) => ['-namespace', name])];
const all = asked.changed ? chosenFor(positionals[0] ?? 'HEAD') : Object.fromEntries(suites.map((name) => [name, []]));
const chosen = Object.fromEntries(
  Object.entries(all)
    .filter(([name]) => asked.suite.includes(name) && (filters.length === 0 || isXunit(name)))
    .map(([name, own]) => [name, [...own, ...filters]]),
);
if (Object.keys(chosen).length === 0) {
  console.log('No test looks at what was changed.\n0 passed, 0 failed, 0 skipped');
  process.exit(0);
}

const results = new Results(asked.results);
if (!asked['no-build']) {
  results.say('Building ...');
  needPackages();
  // A process of its own: this one goes on saying that it lives.
  const what = ['--tests', ...(startProgram(chosen) ? ['--program'] : [])];
  const building = spawn(process.execPath, [fileURLToPath(new URL('build.mjs', import.meta.url)), ...what], { stdio: 'inherit' });
  const [[code]] = await Promise.all([once(building, 'exit'), fetchClients()]);
  if (code !== 0) {
    process.exit(code ?? 1);
  }
  results.say('Built.');
}
const codes = await runSuites(chosen, (suite, happened) => results.take(suite, happened));
process.exit(results.close({ suites: Object.keys(chosen), codes, isFiltered: filters.length > 0, slowest: Number(asked.slowest) }));
