// Which suites, and which namespaces of the C# ones, a change can break. A file that no row knows means: all of them.
import { execFileSync } from 'node:child_process';
import { root } from '../run.mjs';
import { suites } from './suites.mjs';

const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);

const engine = (room) => ({ engine: [`CodexSidecar.Engine.Tests.${room}*`] });
const sidecar = (folder) => ({ sidecar: [`CodexSidecar.Sidecar.Tests.${folder}*`] });

/** The first row that fits decides. What a room or a face does is tested beside it; the house rules look at every change. */
const rows = [
  [
    /^server\/Engine\/(?:(Tools)\/I?Extra|(Processes)\/(?:LineProgram|ProgramInput))/,
    ([, tools, processes]) => ({ ...engine(tools ?? processes), ...sidecar('McpClients') }),
  ],
  [/^server\/Sidecar\/McpClients\//, () => sidecar('McpClients')],
  [/^(server\/Engine|tests\/Engine\.Tests)\/(\w+)\//, ([, , room]) => engine(room)],
  [/^server\/Sidecar\/Faces\/Http\/|^tests\/http\//, () => ({ ...sidecar('Http'), http: [] })],
  [/^server\/Sidecar\/Faces\/Acp\/|^tests\/acp\//, () => ({ ...sidecar('Acp'), acp: [] })],
  [/^server\/Sidecar\/Faces\/Mcp\/|^tests\/mcp\//, () => ({ mcp: [] })],
  [/^(?:server\/Sidecar\/Faces|tests\/Sidecar\.Tests)\/(\w+)\//, ([, folder]) => sidecar(folder)],
  [/^server\/Contracts\//, () => ({ ...sidecar('Contracts'), extension: [] })],
  [/^extension\/|^l10n\//, () => ({ extension: [] })],
  [/^samples\//, () => ({ sidecar: ['CodexSidecar.Sidecar.Tests.Cli*'] })],
  [/^(docs\/|bench\/|\.vscode\/|tests\/e2e\/|[A-Z]+\.md$|LICENSE$)/, () => ({})],
];

/** @returns {Record<string, string[]>} the suites that are wanted, each with filters of xunit (none: all of it) */
export function chosenFor(revision) {
  const changed = [...git('diff', '--name-only', revision), ...git('ls-files', '--others', '--exclude-standard')];
  const chosen = {};
  for (const path of changed) {
    const row = rows.map(([pattern, choose]) => [pattern.exec(path), choose]).find(([match]) => match);
    if (!row) {
      console.log(`${path} can break anything: all tests run.`);
      return Object.fromEntries(suites.map((name) => [name, []]));
    }
    for (const [suite, namespaces] of Object.entries(row[1](row[0]))) {
      chosen[suite] = new Set([...(chosen[suite] ?? []), ...namespaces]);
    }
  }
  if (changed.length > 0) {
    chosen.sidecar = new Set([...(chosen.sidecar ?? []), ...sidecar('House').sidecar]);
  }
  const filters = Object.fromEntries(
    Object.entries(chosen).map(([suite, names]) => [suite, [...names].flatMap((name) => ['-namespace', name])]),
  );
  const left = suites.filter((name) => !(name in filters));
  console.log(
    `${changed.length} changed files: ${
      Object.entries(chosen)
        .map(([suite, names]) => [suite, ...names].join(' '))
        .join('; ') || 'nothing to test'
    }.`,
  );
  console.log(`Left out: ${left.join(', ') || 'no suite'}, and in a C# suite every other namespace. npm test runs all.`);
  return filters;
}
