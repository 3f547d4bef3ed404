// What every part of the panel is drawn with.
import { html, nothing, type TemplateResult } from 'lit';
import { fill, translated } from '../phrases';
import type { PanelActions, PanelState, Phrases, Words } from '../types';
import type { WordKey } from '../words';

export type Drawn = TemplateResult | typeof nothing;

export interface Drawing {
  state: PanelState;
  words: Words;
  phrases: Phrases;
  locale: string;
  /** Milliseconds since 1970, for the clocks of what is running. */
  now: number;
  act<K extends keyof PanelActions>(name: K, ...args: Parameters<PanelActions[K]>): void;
  /** The user's choice for a part that can be folded away. */
  isOpen(id: string, otherwise: boolean): boolean;
  setOpen(id: string, open: boolean): void;
  draft: string;
  setDraft(text: string): void;
}

export const icon = (name: string, tone = ''): Drawn => html`<span class="codicon codicon-${name} ${tone}" aria-hidden="true"></span>`;

export { fill };

/** A word whose name is only known when it is needed, such as that of a stage; an unknown one is shown as it is. */
export const word = (d: Drawing, name: string, otherwise = name): string =>
  Object.hasOwn(d.words, name) ? d.words[name as WordKey] : otherwise;

/** The sidecar's own name for something, in the user's language if it is known there. */
export const phrase = (d: Drawing, english: string): string => translated(d.phrases, english);

export function duration(d: Drawing, milliseconds: number): string {
  const number = (value: number, digits: number) => value.toLocaleString(d.locale, { maximumFractionDigits: digits });
  const seconds = milliseconds / 1000;
  return seconds < 60
    ? fill(d.words.seconds, number(seconds, seconds < 10 ? 1 : 0))
    : fill(d.words.minutes, number(Math.floor(seconds / 60), 0), number(Math.floor(seconds % 60), 0));
}

export const count = (d: Drawing, value: number): string => value.toLocaleString(d.locale);

/** A part with a heading that can be folded away; what the user chose is kept. */
export function section(d: Drawing, id: string, title: string, beside: unknown, content: unknown, open = true): Drawn {
  const isOpen = d.isOpen(id, open);
  const toggle = (event: Event) => {
    event.preventDefault();
    d.setOpen(id, !isOpen);
  };
  return html`<details class="section" data-testid=${id} ?open=${isOpen}>
    <summary @click=${toggle}>
      ${icon(isOpen ? 'chevron-down' : 'chevron-right')}
      <h2>${title}</h2>
      <span class="beside">${beside}</span>
    </summary>
    <div class="inside">${content}</div>
  </details>`;
}

/** A smaller part inside one, closed at first. */
export function more(d: Drawing, id: string, title: unknown, content: () => unknown, open = false): Drawn {
  const isOpen = d.isOpen(id, open);
  const toggle = (event: Event) => {
    event.preventDefault();
    d.setOpen(id, !isOpen);
  };
  return html`<details class="more" ?open=${isOpen}>
    <summary @click=${toggle}>${icon(isOpen ? 'chevron-down' : 'chevron-right')}<span>${title}</span></summary>
    ${isOpen ? content() : nothing}
  </details>`;
}

/** Opens a file of the workspace; never a link, which could lead elsewhere. */
export const fileButton = (d: Drawing, path: string, line?: number): Drawn =>
  html`<button
    class="link file"
    title=${path}
    @click=${() => {
      d.act('openFile', path, line);
    }}
  >
    ${line ? `${path}:${line}` : path}
  </button>`;

export const lineCounts = (added: number, removed: number): Drawn =>
  html`<span class="counts"><span class="plus">+${added}</span> <span class="minus">−${removed}</span></span>`;

export interface Mark {
  icon: string;
  tone: '' | 'good' | 'careful' | 'bad' | 'quiet';
}

export const verdictMarks: Record<string, Mark> = {
  approve: { icon: 'pass-filled', tone: 'good' },
  revise: { icon: 'edit', tone: 'careful' },
  reject: { icon: 'error', tone: 'bad' },
  abstain: { icon: 'circle-slash', tone: 'quiet' },
};
