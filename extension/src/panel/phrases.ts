// The sidecar's own names in the user's language; the table of them is in words.ts.
import type { Phrases } from './types';

export const fill = (text: string, ...values: readonly (string | number)[]): string =>
  text.replace(/\{(\d)\}/g, (all, index: string) => String(values[Number(index)] ?? all));

/** A name that the table does not know is shown as it came. */
export function translated(phrases: Phrases, english: string): string {
  if (Object.hasOwn(phrases, english)) {
    return phrases[english] ?? english;
  }
  for (const [pattern, text] of Object.entries(phrases)) {
    const parts = pattern.split(/\{\d\}/);
    const values = parts.length > 1 ? between(english, parts) : undefined;
    if (values) {
      return fill(text, ...values);
    }
  }
  return english;
}

/** What stands between the fixed parts of a text, if it has them all in their order. */
function between(text: string, parts: readonly string[]): string[] | undefined {
  const [first = '', ...rest] = parts;
  if (!text.startsWith(first)) {
    return undefined;
  }
  const values: string[] = [];
  let at = first.length;
  for (const [index, part] of rest.entries()) {
    const end =
      index === rest.length - 1 && part === '' ? text.length : index === rest.length - 1 ? text.lastIndexOf(part) : text.indexOf(part, at);
    if (end < at || (index === rest.length - 1 && end + part.length !== text.length)) {
      return undefined;
    }
    values.push(text.slice(at, end));
    at = end + part.length;
  }
  return values;
}
