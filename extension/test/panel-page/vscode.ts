// Stands in for the editor where only its translations are needed. EXTENSION_BUNDLE names a translation file; without it the text stays English.
import { readFileSync } from 'node:fs';

const file = process.env.EXTENSION_BUNDLE;
const bundle = file ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};

export const l10n = { t: (text: string) => bundle[text] ?? text };
