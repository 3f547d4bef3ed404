/** Reads a range such as "3-7" and returns [from, to]. */
export function parseRange(text) {
  const [from, to] = text.split('-');
  return [parseInt(from, 10), parseInt(to, 10)];
}

/** Lists the pages of a range, for a document with so many pages. */
export function pages(text, count) {
  const [from, to] = parseRange(text);
  const first = from ?? 1;
  const last = Math.min(to ?? count, count);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
