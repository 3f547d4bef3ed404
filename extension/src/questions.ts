// Questions of the sidecar: one card in the panel, the status bar, and a notification while the panel is out of sight.
// The first answer wins; closing a notification is no answer; whatever goes wrong denies.
import type { Closing } from './closing';
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { HunkDecision, PermissionAsked } from './generated/contracts';
import { translated } from './panel/phrases';
import type { PanelQuestion } from './panel/types';
import { phrases } from './panel/words';
import { envelopeOf, isRecord } from './sidecar/meta';
import type { AskedOption } from './sidecar/wire';

export interface Answered {
  optionId: string;
  decisions?: HunkDecision[];
}

export interface Questions extends Closing {
  readonly open: PanelQuestion | undefined;
  readonly onDidChange: vscode.Event<PanelQuestion | undefined>;
  /** @param cwd where a command would run */
  ask(params: unknown, signal: AbortSignal, cwd: string): Promise<Answered | undefined>;
  answer(askId: string, optionId: string, decisions?: HunkDecision[]): void;
  /** Nobody can be answered any more: the sidecar is gone, or the user stopped the run. */
  cancelAll(): void;
  /** Shows the open question as a choice, for who uses the keyboard. */
  choose(): Promise<void>;
}

export function createQuestions(outOfSight: () => boolean, showPanel: () => void): Questions {
  const changed = new vscode.EventEmitter<PanelQuestion | undefined>();
  let current: { question: PanelQuestion; settle: (answer: Answered | undefined) => void } | undefined;

  const close = (answer: Answered | undefined) => {
    const closing = current;
    current = undefined;
    closing?.settle(answer);
    changed.fire(undefined);
  };

  const answer = (askId: string, optionId: string, decisions?: HunkDecision[]) => {
    if (current?.question.askId === askId && current.question.options.some((option) => option.optionId === optionId)) {
      close({ optionId, ...(decisions ? { decisions } : {}) });
    }
  };

  const notify = async (question: PanelQuestion) => {
    const open = l10n.t('Open panel');
    // What can do harm is not one click away from whatever the user is doing.
    const offered =
      question.risk === 'high' || question.subject === 'patch' ? [] : question.options.filter(({ kind }) => kind !== 'allow_always');
    const text = question.subject === 'patch' ? question.question : l10n.t('The agent asks: {0} ({1})', question.question, question.reason);
    const show = question.risk === 'high' ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
    const chosen = await show(text, ...offered.map(nameOf), open);
    if (chosen === open) {
      showPanel();
    }
    const option = offered.find((one) => nameOf(one) === chosen);
    if (option) {
      answer(question.askId, option.optionId);
    }
  };

  return {
    get open() {
      return current?.question;
    },
    onDidChange: changed.event,
    ask: (params, signal, cwd) => {
      const question = questionOf(params, cwd);
      if (!question || signal.aborted) {
        return Promise.resolve(undefined);
      }
      current?.settle(undefined);
      return new Promise((settle) => {
        const abort = () => {
          if (current?.question === question) {
            close(undefined);
          }
        };
        // The signal may outlive the question.
        signal.addEventListener('abort', abort);
        current = {
          question,
          settle: (answered) => {
            signal.removeEventListener('abort', abort);
            settle(answered);
          },
        };
        changed.fire(question);
        if (outOfSight()) {
          void notify(question);
        }
      });
    },
    answer,
    cancelAll: () => {
      if (current) {
        close(undefined);
      }
    },
    choose: async () => {
      const question = current?.question;
      if (!question) {
        return;
      }
      const refusing = [...question.options].sort(
        (one, other) => Number(one.kind.startsWith('allow')) - Number(other.kind.startsWith('allow')),
      );
      const picked = await vscode.window.showQuickPick(
        refusing.map((option) => ({ label: nameOf(option), option })),
        { title: question.question, placeHolder: question.reason, ignoreFocusOut: true },
      );
      if (picked?.option.optionId === 'hunks') {
        await vscode.commands.executeCommand('codexSidecar.applyMarked');
      } else if (picked) {
        answer(question.askId, picked.option.optionId);
      }
    },
    dispose: () => {
      current?.settle(undefined);
      current = undefined;
      changed.dispose();
    },
  };
}

/** The sidecar's name of an option, in the editor's language. */
const nameOf = ({ name }: { name: string }) => translated(phrases(), name);

/** The question as the panel shows it; undefined when there is nothing in it to decide on. */
function questionOf(params: unknown, cwd: string): PanelQuestion | undefined {
  const envelope = envelopeOf(params);
  const list = isRecord(params) ? params['options'] : undefined;
  if (envelope?.event.kind !== 'permission_asked' || !Array.isArray(list)) {
    return undefined;
  }
  const asked: PermissionAsked = envelope.event;
  const options = list.filter(
    (option): option is AskedOption => isRecord(option) && typeof option['optionId'] === 'string' && typeof option['name'] === 'string',
  );
  return {
    askId: asked.askId,
    subject: asked.subject,
    risk: asked.risk,
    question: asked.question,
    reason: asked.reason,
    ...(asked.subject === 'command' ? { cwd } : {}),
    options,
  };
}
