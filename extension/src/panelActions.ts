import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { Agent } from './agent';
import type { Documents } from './documents';
import type { PanelActions } from './panel/types';
import type { Questions } from './questions';
import type { Deciding } from './review/decide';
import type { Review } from './review/review';
import { findHunk } from './review/select';
import { goTo } from './review/show';
import { whole } from './run/longText';
import type { Runs } from './run/runs';

export interface ActionParts {
  agent: Agent;
  runs: Runs;
  questions: Questions;
  review: Review;
  deciding: Deciding;
  documents: Documents;
  log: vscode.LogOutputChannel;
}

/** What the panel's buttons do. They go through the same commands as the palette, so that every way ends in the same place. */
export function panelActions({ agent, runs, questions, review, deciding, documents, log }: ActionParts): PanelActions {
  const command = (id: string, ...args: unknown[]) => {
    void vscode.commands.executeCommand(`codexSidecar.${id}`, ...args);
  };
  const attempt = (work: () => Promise<unknown>) => {
    work().catch((error: unknown) => {
      log.error(String(error));
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    });
  };
  return {
    solve: (task) => {
      command('solveTask', { task });
    },
    stop: () => {
      command('stop');
    },
    setOption: (id, value) => {
      attempt(async () => {
        if (value !== 'extended_shell' || (await confirmLevel4())) {
          await agent.setOption(id, value);
        }
      });
    },
    answer: (askId, optionId) => {
      if (optionId === 'hunks') {
        deciding.apply();
      } else {
        questions.answer(askId, optionId);
      }
    },
    decide: (hunkIds, accept, reason) => {
      attempt(() => deciding.decide(hunkIds, accept, reason, true));
    },
    applyMarked: () => {
      deciding.apply();
    },
    openHunk: (hunkId) => {
      const found = findHunk(review.state, hunkId);
      if (found) {
        attempt(() => goTo(review, found));
      }
    },
    openFile: (path, line) => {
      const range = line === undefined ? undefined : new vscode.Range(line - 1, 0, line - 1, 0);
      attempt(async () => {
        await vscode.window.showTextDocument(review.uri(path), { preview: true, ...(range ? { selection: range } : {}) });
      });
    },
    openReport: () => {
      command('openReport');
    },
    openTestOutput: () => {
      attempt(() => documents.show(l10n.t('Test output'), whole(runs.shown.testOutput)));
    },
    undoRun: (runId) => {
      command('undoRun', ...(runId === undefined ? [] : [{ runId }]));
    },
    rollBack: () => {
      command('undoRun', { runId: runs.shown.run?.runId });
    },
    doctor: () => {
      command('runDoctor');
    },
    showAudit: () => {
      command('showAuditLog');
    },
    trust: () => {
      void vscode.commands.executeCommand('workbench.trust.manage');
    },
    restart: () => {
      command('restartSidecar');
    },
    showRun: (runId) => {
      attempt(() => agent.showRun(runId));
    },
  };
}

async function confirmLevel4(): Promise<boolean> {
  const allow = l10n.t('Allow for this session');
  const detail = l10n.t(
    'At level 4 the agent may run commands that are not on the list of known ones. It is asked for again in every session.',
  );
  return (
    (await vscode.window.showWarningMessage(l10n.t('Let the agent use the extended shell?'), { modal: true, detail }, allow)) === allow
  );
}
