// Other people's programs that the tests drive ours with: fetched once into out/clients, beside what we build, never among our own packages
// (optional ones for other platforms would break "npm ci", and one asks for a newer Node than we do).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.mjs';

/** Each set has a folder of its own: their dependencies do not agree. `proof` is the file that says that all is there. */
const sets = {
  acpx: { packages: ['acpx@0.19.1'], proof: ['acpx', 'dist', 'cli.js'] },
  chat: { packages: ['@continuedev/cli@1.5.47', 'openai@5.23.2'], proof: ['@continuedev', 'cli', 'dist', 'cn.js'] },
  mcp: {
    packages: ['@modelcontextprotocol/inspector@2.12.0', '@modelcontextprotocol/client@2.3.1', '@modelcontextprotocol/conformance@0.1.16'],
    proof: ['@modelcontextprotocol', 'conformance', 'dist', 'index.js'],
  },
};

const modules = (set) => join(root, 'out', 'clients', set, 'node_modules');
const isThere = (set) => existsSync(join(modules(set), ...sets[set].proof));

/** A file of a client. */
export const clientFile = (set, ...path) => join(modules(set), ...path);

/** The options of a test that needs a client: it is skipped where the client could not be fetched. */
export const needsClient = (set) => ({
  skip: !isThere(set) && `needs ${sets[set].packages[0].replace(/@[\d.]+$/, '')} from the npm registry`,
});

/** Fetches what is missing. Without the registry the tests that need it are skipped, so a failure is only told. */
export async function fetchClients() {
  for (const [set, { packages }] of Object.entries(sets)) {
    if (isThere(set)) {
      continue;
    }
    const folder = join(root, 'out', 'clients', set);
    mkdirSync(folder, { recursive: true });
    const args = [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel',
      'error',
      ...packages,
    ];
    const npm = spawn('npm', args, { stdio: ['ignore', 'ignore', 2], shell: process.platform === 'win32' });
    const [code] = await once(npm, 'exit').catch((error) => [error.message]);
    if (code !== 0) {
      console.log(`${packages[0]} could not be fetched (npm: ${code}); the tests that need it are skipped.`);
    }
  }
}
