import type { Closing } from './closing';
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { Stage } from './generated/contracts';
import { translated } from './panel/phrases';
import { phrases } from './panel/words';
import { isSame, type RunStatus } from './run/projections';

export interface StatusFacts {
  sidecar: 'starting' | 'ready' | 'none' | 'unused';
  run: RunStatus;
  asked: boolean;
  hunks: { open: number; all: number };
  /** The sidecar's name of the level, such as "2 Run tests"; undefined until it is known. */
  level: string | undefined;
}

/** One line of text that says what the agent does; the clock ticks only while a run does. */
export function createStatus(): Closing & { draw(facts: StatusFacts): void } {
  const item = vscode.window.createStatusBarItem('codexSidecar.status', vscode.StatusBarAlignment.Left, 0);
  item.name = 'Codex Sidecar';
  item.command = 'codexSidecar.showPanel';
  let tick: NodeJS.Timeout | undefined;
  let last: StatusFacts | undefined;

  const write = () => {
    if (!last) {
      return;
    }
    const { icon, text, color } = words(last);
    const elapsed = last.run.running && !last.asked ? ` ${clock(Date.now() - last.run.startedAt)}` : '';
    const level = last.level === undefined ? undefined : translated(phrases(), last.level);
    item.text = `$(${icon}) ${l10n.t('Agent: {0}', text)}${elapsed}${level === undefined ? '' : ` · ${level}`}`;
    item.accessibilityInformation = { label: [l10n.t('Agent: {0}', text), level].filter(Boolean).join(', ') };
    item.tooltip = last.run.task || undefined;
    item.backgroundColor = color ? new vscode.ThemeColor(`statusBarItem.${color}Background`) : undefined;
  };

  return {
    draw: (facts) => {
      // An event of a run seldom changes what is said here.
      if (
        last &&
        isSame({ ...last, ...last.run, ...last.hunks, run: 0, hunks: 0 }, { ...facts, ...facts.run, ...facts.hunks, run: 0, hunks: 0 })
      ) {
        return;
      }
      last = facts;
      clearInterval(tick);
      tick = facts.run.running && !facts.asked ? setInterval(write, 1000) : undefined;
      write();
      item.show();
    },
    dispose: () => {
      clearInterval(tick);
      item.dispose();
    },
  };
}

function words({ sidecar, run, asked, hunks }: StatusFacts): { icon: string; text: string; color?: 'warning' | 'error' } {
  if (sidecar === 'none') {
    return { icon: 'error', text: l10n.t('no sidecar'), color: 'error' };
  }
  if (asked) {
    return hunks.all > 0 && hunks.open > 0
      ? { icon: 'bell-dot', text: l10n.t('waits for you, {0} of {1} hunks open', hunks.open, hunks.all), color: 'warning' }
      : { icon: 'bell-dot', text: l10n.t('waits for you'), color: 'warning' };
  }
  if (run.running) {
    return { icon: 'loading~spin', text: run.stage ? stageName(run.stage) : l10n.t('working') };
  }
  if (sidecar === 'starting') {
    return { icon: 'loading~spin', text: l10n.t('starting') };
  }
  if (hunks.open > 0) {
    return { icon: 'diff', text: l10n.t('{0} of {1} hunks open', hunks.open, hunks.all) };
  }
  switch (run.stop) {
    case 'tests_failed':
    case 'no_progress':
      return { icon: 'testing-failed-icon', text: l10n.t('tests failed') };
    case 'model_unavailable':
      return { icon: 'debug-disconnect', text: l10n.t('no model server') };
    case 'done':
    case 'nothing_to_do':
      return { icon: 'check', text: l10n.t('done') };
    case 'interrupted':
      return { icon: 'warning', text: l10n.t('interrupted') };
    case 'cancelled':
      return { icon: 'circle-slash', text: l10n.t('cancelled') };
    case undefined:
      return { icon: 'hubot', text: l10n.t('idle') };
    default:
      return { icon: 'circle-slash', text: l10n.t('stopped') };
  }
}

export function stageName(stage: Stage): string {
  const names: Record<Stage, string> = {
    analysis: l10n.t('analysis'),
    plan: l10n.t('plan'),
    consilium: l10n.t('consilium'),
    patch: l10n.t('patch'),
    tests: l10n.t('tests'),
    report: l10n.t('report'),
    commit: l10n.t('commit'),
  };
  return names[stage];
}

function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
