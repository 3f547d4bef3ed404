import { stripVTControlCharacters } from 'node:util';

const lineLength = 2000;

/** Text of models, tools and tests as it may be drawn: no escape sequences, no control characters but line ends and tabs. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/\r\n/g, '\n')
    .replace(/(?![\n\r\t])\p{Cc}/gu, '');

/** The end of a text, from a line's start where that costs little; "…" says that something is missing. */
export function tail(text: string, length: number): string {
  if (text.length <= length) {
    return text;
  }
  const cut = text.slice(-length);
  const line = cut.indexOf('\n');
  return `…${line >= 0 && line < length / 4 ? cut.slice(line) : cut}`;
}

/** A growing output, of which only the last lines are kept. */
export interface Lines {
  lines: readonly string[];
  /** The last line, without its end, as it came: an escape sequence may be cut in two. */
  open: string;
  /** Lines that are no longer kept. */
  dropped: number;
}

export const noLines: Lines = { lines: [], open: '', dropped: 0 };

export function append(output: Lines, text: string, keep: number): Lines {
  const pieces = (output.open + text).split('\n');
  const open = pieces.pop() ?? '';
  const all = [...output.lines, ...pieces.map(drawn)];
  const lines = all.slice(-keep);
  return { lines, open: open.slice(-lineLength), dropped: output.dropped + all.length - lines.length };
}

/** All of it, as drawn. */
export const joined = ({ lines, open }: Lines): string => (open === '' ? lines : [...lines, drawn(open)]).join('\n');

/** As a terminal would leave it: what a carriage return went back over is gone. */
function drawn(line: string): string {
  const text = plain(line.replace(/\r+$/, ''));
  return text.slice(text.lastIndexOf('\r') + 1, lineLength);
}
