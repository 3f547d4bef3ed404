// The scripted model server of the tests, as a program: one process for all servers of this one.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { built, compile } from './build.mjs';

export function buildModel() {
  compile('tests/FakeModelServer');
}

let host;

/** Asks the process for one thing; answers come in the order of the questions. */
function ask(wish) {
  if (!host) {
    const child = spawn(built('CodexSidecar.FakeModelServer'), ['--many'], { stdio: ['pipe', 'pipe', 'inherit'] });
    host = { child, waiting: [] };
    createInterface({ input: child.stdout }).on('line', (line) => host.waiting.shift()?.resolve(line));
    child.once('exit', (code) =>
      host.waiting.splice(0).forEach(({ reject }) => reject(new Error(`The scripted model server ended with ${code}.`))),
    );
    // It must not keep this process alive, and ends with it: its input does.
    for (const handle of [child, child.stdin, child.stdout]) {
      handle.unref();
    }
  }
  return new Promise((resolve, reject) => {
    host.waiting.push({ resolve, reject });
    host.child.ref();
    host.child.stdin.write(`${JSON.stringify(wish)}\n`);
  }).finally(() => host.waiting.length === 0 && host.child.unref());
}

/** @returns {Promise<{ url: string, stop: () => Promise<void> }>} */
export async function startModel(script, log) {
  const url = await ask({ script, log });
  return { url, stop: () => ask({ stop: url }) };
}
