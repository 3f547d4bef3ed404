// The scripted model server of the tests, as a program: starts it and gives its base URL.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { must, root } from './run.mjs';

const project = join(root, 'tests', 'FakeModelServer');

export function buildModel() {
  must('dotnet', ['build', project, '-c', 'Release', '-verbosity:quiet', '-nologo'], { stdio: ['ignore', 2, 2] });
}

/** @returns {{ url: string, stop: () => Promise<void> }} */
export async function startModel(script, log) {
  const program = join(project, 'bin', 'Release', 'net10.0', 'CodexSidecar.FakeModelServer.dll');
  const child = spawn('dotnet', [program, '--script', script, ...(log ? ['--log', log] : [])], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const lines = createInterface({ input: child.stdout });
  const url = await Promise.race([new Promise((resolve) => lines.once('line', resolve)), ended]);
  if (!URL.canParse(url)) {
    throw new Error(`The scripted model server did not start (${script}).`);
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
