// The suites of npm test: two xunit programs, and the files of node's own runner in one go.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../extension.mjs';
import { root } from '../run.mjs';
import { lines, start } from './child.mjs';
import { runXunit } from './xunit.mjs';

/** @typedef {(suite: string, happened: object) => void} Tell hears what happens in which suite, in the words of results.mjs */

const testsIn = (folder) =>
  readdirSync(join(root, 'tests', folder))
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => join('tests', folder, name));

/** The files of each suite of node's runner. */
const nodeFiles = {
  http: () => testsIn('http'),
  acp: () => testsIn('acp'),
  mcp: () => testsIn('mcp'),
  extension: () => bundle({ tests: true }),
};
const xunitPrograms = { engine: 'Engine.Tests', sidecar: 'Sidecar.Tests' };

export const suites = [...Object.keys(xunitPrograms), ...Object.keys(nodeFiles)];
export const isXunit = (suite) => suite in xunitPrograms;

/** Whether tests of these suites start the program as users get it, which takes longer to make than all the rest. */
export const startProgram = (chosen) =>
  ['http', 'acp', 'mcp'].some((suite) => suite in chosen) ||
  ('sidecar' in chosen &&
    (chosen.sidecar.length === 0 || chosen.sidecar.some((filter) => filter.includes('.Cli') || filter.startsWith('*'))));

/**
 * Runs suites side by side.
 * @param {Record<string, string[]>} chosen the suites, each with filters of xunit
 * @param {Tell} tell
 * @returns {Promise<number[]>} the exit codes of the programs
 */
export function runSuites(chosen, tell) {
  const programs = Object.keys(chosen)
    .filter(isXunit)
    .map((suite) => runXunit(xunitPrograms[suite], chosen[suite], (happened) => tell(suite, happened)));
  const others = Object.keys(chosen).filter((suite) => !isXunit(suite));
  return Promise.all(others.length > 0 ? [...programs, runNode(others, tell)] : programs);
}

/** Three files at a time: their tests wait for other processes most of the time. */
async function runNode(names, tell) {
  const files = (await Promise.all(names.map((name) => nodeFiles[name]()))).flat();
  const reporter = join(root, 'scripts', 'testing', 'node-reporter.mjs');
  const args = ['--test', '--test-timeout=900000', '--test-concurrency=3', `--test-reporter=${reporter}`, ...files];
  const child = start(process.execPath, args);
  lines(child.stdout, (line) => {
    const { suite, ...happened } = JSON.parse(line);
    tell(suite, happened);
  });
  lines(child.stderr, (line) => console.log(line));
  return child.ended;
}
