// Stands in for the few things of the editor that the panel's half in the extension host needs.
// EXTENSION_BUNDLE names a translation file; without it the text stays English.
import { readFileSync } from 'node:fs';

const file = process.env.EXTENSION_BUNDLE;
const bundle = file ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};

export const l10n = { t: (text: string) => bundle[text] ?? text };
export const env = { language: 'en' };
export const Uri = { joinPath: (base: string, ...parts: string[]) => [base, ...parts].join('/') };
export const commands = { executeCommand: () => Promise.resolve() };
export class EventEmitter {
  readonly event = () => ({ dispose: () => undefined });
  fire(): void {
    // Nobody listens.
  }
}
