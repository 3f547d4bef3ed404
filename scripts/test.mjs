// npm test: builds and runs all tests, then prints "N passed, N failed". What follows -- goes to dotnet test.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { bundle } from './extension.mjs';
import { buildModel } from './model.mjs';
import { fail, root } from './run.mjs';

// The whole-process tests run the program as users get it.
build();

/** Runs a suite of node's own runner and says how it went. */
function suite(name, files) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--test', '--test-timeout=900000', '--test-reporter=tap', ...files], {
    cwd: root,
    encoding: 'utf8',
  });
  const count = (word) => Number(new RegExp(`^# ${word} (\\d+)`, 'm').exec(stdout)?.[1] ?? 0);
  const result = { status, passed: count('pass'), failed: count('fail') + count('cancelled') };
  if (status !== 0) {
    console.log(stdout, stderr);
  }
  console.log(`${name}: ${result.passed} passed, ${result.failed} failed`);
  return result;
}

const testsIn = (folder) =>
  readdirSync(join(root, 'tests', folder))
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => join('tests', folder, name));

buildModel();
const suites = [
  suite('extension', await bundle({ tests: true })),
  suite('wire', testsIn('acp')),
  suite('mcp', testsIn('mcp')),
  suite('http', testsIn('http')),
];

const env = {
  ...process.env,
  DOTNET_NOLOGO: '1',
  DOTNET_CLI_TELEMETRY_OPTOUT: '1',
  MSBUILDDISABLENODEREUSE: '1',
  DOTNET_CLI_USE_MSBUILD_SERVER: '0',
};
const child = spawn('dotnet', ['test', '--solution', 'CodexSidecar.sln', ...process.argv.slice(2)], {
  cwd: root,
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
child.on('error', () => fail('The .NET SDK is missing: install .NET SDK 10 and make sure that "dotnet" is on the PATH.'));

let output = '';
child.stdout.setEncoding('utf8');
child.stdout.on('data', (text) => {
  process.stdout.write(text);
  output = (output + text).slice(-16384);
});
child.on('close', (code) => {
  // The summary comes last; the numbers of single assemblies before it look different.
  const summary = output.slice(output.lastIndexOf('Test run summary'));
  const count = (word) => Number(new RegExp(`^\\s*${word}:\\s*(\\d+)`, 'm').exec(summary)?.[1] ?? 0);
  const sum = (of) => suites.reduce((total, one) => total + of(one), 0);
  const [passed, failed] = [count('succeeded') + sum((one) => one.passed), count('failed') + sum((one) => one.failed)];
  console.log(`${passed} passed, ${failed} failed`);
  // A suite that found no test is not green.
  process.exit(code !== 0 ? (code ?? 1) : suites.some((one) => one.status !== 0) || failed > 0 || passed === 0 ? 1 : 0);
});
