import { mkdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { readSettings } from '../settings';
import { sidecarEnvironment } from './environment';
import { findSidecar } from './find';
import type { StartOptions } from './process';

/** Which program to start and how, by the settings of now; rejects with a sentence for the user when there is none. */
export async function startOptions(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<StartOptions> {
  const settings = readSettings();
  const checkout = context.extensionMode !== vscode.ExtensionMode.Production;
  const program = await findSidecar({
    setting: settings.sidecarPath,
    variable: process.env['CODEX_SIDECAR_PATH'],
    extensionFolder: context.extensionUri.fsPath,
    checkout,
    platform: process.platform,
  });
  if (program === undefined) {
    throw new Error(
      checkout ? l10n.t('The sidecar is not built yet: run "npm run build".') : l10n.t('The codex-sidecar program is missing.'),
    );
  }
  const storage = context.globalStorageUri.fsPath;
  await mkdir(storage, { recursive: true });
  return {
    program,
    args: ['acp'],
    folder: storage,
    environment: sidecarEnvironment(process.env, { CODEX_SIDECAR_BASE_URL: settings.baseUrl, CODEX_SIDECAR_MODEL: settings.model }),
    log: (line) => {
      log.info(line);
    },
  };
}
