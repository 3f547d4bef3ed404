import type { Act, PanelActions, PanelChange, PanelState, ToHost } from './types';
import type { ViewState } from './state';

type Check = (value: unknown) => boolean;

/** Longer than anything a person types; the sidecar's own cap is larger. */
const longest = 200_000;

const text: Check = (value) => typeof value === 'string' && value.length <= longest;
const texts: Check = (value) => Array.isArray(value) && value.length <= 10_000 && value.every(text);
const flag: Check = (value) => typeof value === 'boolean';
const line: Check = (value) => Number.isSafeInteger(value) && (value as number) > 0;
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);

/** The arguments of every action, in order. */
const shapes: Record<keyof PanelActions, readonly Check[]> = {
  solve: [text],
  stop: [],
  setOption: [text, text],
  answer: [text, text],
  decide: [texts, flag, maybe(text)],
  applyMarked: [],
  openHunk: [text],
  openFile: [text, maybe(line)],
  openReport: [],
  openTestOutput: [],
  undoRun: [maybe(text)],
  rollBack: [],
  doctor: [],
  showAudit: [],
  trust: [],
  restart: [],
  showRun: [text],
};

/** What the webview says, if it is something it may say. */
export function readMessage(value: unknown): ToHost | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value)) {
    return undefined;
  }
  if (value.type === 'ready') {
    return { type: 'ready' };
  }
  if (value.type !== 'act' || !('name' in value) || !('args' in value) || typeof value.name !== 'string' || !Array.isArray(value.args)) {
    return undefined;
  }
  const shape = Object.hasOwn(shapes, value.name) ? shapes[value.name as keyof PanelActions] : undefined;
  const args: unknown[] = value.args.map((one: unknown) => one ?? undefined);
  if (!shape || args.length > shape.length || !shape.every((check, index) => check(args[index]))) {
    return undefined;
  }
  return { type: 'act', name: value.name, args } as Act;
}

export const perform = (actions: PanelActions, act: Act): void => {
  (actions[act.name] as (...args: unknown[]) => void).apply(actions, act.args);
};

/** What differs between two states; by identity, since neither is ever changed in place. */
export function changeBetween(before: PanelState, after: PanelState): PanelChange | undefined {
  const view = differing<ViewState>(before.view, after.view);
  const rest: PanelChange = differing<PanelState>(before, after);
  delete rest.view;
  const change = Object.keys(view).length === 0 ? rest : { ...rest, view };
  return Object.keys(change).length > 0 ? change : undefined;
}

const differing = <T extends object>(before: T, after: T): Partial<T> =>
  Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key as keyof T] !== value)) as Partial<T>;
