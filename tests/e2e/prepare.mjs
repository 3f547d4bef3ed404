// The editor and the packaged extension, made where they are not there yet.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildModel } from '../../scripts/model.mjs';
import { packageFor, thisTarget } from '../../scripts/package.mjs';
import { must, root } from '../../scripts/run.mjs';

/** Sets EDITOR_DIR and E2E_VSIX, which everything here reads; what was set already is kept. */
export async function prepare() {
  process.env.EDITOR_DIR = resolve(process.env.EDITOR_DIR ?? join(root, 'out', 'editor'));
  must('bash', [join(dirname(fileURLToPath(import.meta.url)), 'get-editor.sh'), process.env.EDITOR_DIR]);
  process.env.E2E_VSIX = process.env.E2E_VSIX ? resolve(process.env.E2E_VSIX) : await packageFor(thisTarget());
  buildModel();
}
