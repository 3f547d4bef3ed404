import { constants } from 'node:fs';
import { access, chmod } from 'node:fs/promises';
import { join } from 'node:path';

export interface Places {
  /** The setting codexSidecar.sidecarPath. */
  setting: string;
  /** The environment variable CODEX_SIDECAR_PATH, used by tests. */
  variable: string | undefined;
  extensionFolder: string;
  /** In a checkout the program may be one that was just built. */
  checkout: boolean;
  platform: NodeJS.Platform;
}

/** Where the program may be, best first. A place the user named is the only one: a typing error must not start another program. */
export function candidates(places: Places): string[] {
  const named = places.setting || places.variable;
  if (named) {
    return [named];
  }
  const file = places.platform === 'win32' ? 'codex-sidecar.exe' : 'codex-sidecar';
  const inPackage = join(places.extensionFolder, 'bin', file);
  return places.checkout
    ? [
        inPackage,
        join(places.extensionFolder, 'out', 'sidecar', file),
        join(places.extensionFolder, 'server', 'Sidecar', 'bin', 'Debug', 'net10.0', file),
      ]
    : [inPackage];
}

/** The first program that is there and can be run; one that lost its execute bit gets it back. */
export async function findSidecar(places: Places): Promise<string | undefined> {
  for (const path of candidates(places)) {
    if (await exists(path, constants.F_OK)) {
      if (places.platform !== 'win32' && !(await exists(path, constants.X_OK))) {
        await chmod(path, 0o755).catch(() => undefined);
      }
      return path;
    }
  }
  return undefined;
}

async function exists(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
