// A program that runs tests: it ends with this process, whatever ends that.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { program } from '../build.mjs';
import { quiet, root } from '../run.mjs';

/** @returns a child process with `ended`: its exit code, or the reason why it has none */
export function start(command, args) {
  const env = { ...process.env, ...quiet, CODEX_SIDECAR_TESTS_PROGRAM: program };
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = () => child.kill();
  process.once('exit', end);
  child.ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => {
      process.removeListener('exit', end);
      resolve(code ?? signal);
    });
  });
  return child;
}

export const lines = (stream, take) => createInterface({ input: stream }).on('line', take);
