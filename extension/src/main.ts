// Registers everything, starts nothing: the sidecar starts with the first task, or when a view shows what was before a reload.
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { createAgent, type Agent, type AgentState } from './agent';
import { registerCommands, registrar } from './commands';
import { createDocuments } from './documents';
import { offerModelServer } from './firstRun';
import type { EventEnvelope } from './generated/contracts';
import { registerMcp } from './mcp';
import { Panel } from './panel/panel';
import { panelActions } from './panelActions';
import { registerCodeLens } from './review/codeLens';
import { registerReviewCommands, followReview } from './review/commands';
import { registerComments } from './review/comments';
import { createDeciding } from './review/decide';
import { registerDecorations } from './review/decorations';
import { panelFiles, reviewFacts } from './review/panelFiles';
import { createReview } from './review/review';
import { registerScm } from './review/scm';
import { counts, decisions } from './review/select';
import { registerTexts } from './review/texts';
import { readSettings } from './settings';
import { createStatus } from './status';

let current: Agent | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Codex Sidecar', { log: true });
  const review = createReview();
  const documents = createDocuments();
  const status = createStatus();
  const comments = registerComments(review);
  // The panel, the agent and the review know of each other only through what is handed in here.
  const the = (): Agent => agent;

  const deciding = createDeciding(
    review,
    (askId, chosen) => {
      the().questions.answer(
        askId,
        the().questions.open?.options.some(({ optionId }) => optionId === 'hunks') ? 'hunks' : wholePatch(chosen),
        chosen,
      );
    },
    async (patchId, chosen) => {
      const { wire, sessionId } = await the().live();
      return wire.decide(sessionId, review.state.runId, patchId, chosen);
    },
  );
  const panel = new Panel(context.extensionUri, panelActions(the, review, deciding, documents, log));

  const draw = (state: AgentState) => {
    status.draw({
      sidecar: state.sidecar,
      run: state.run,
      asked: the().questions.open !== undefined,
      hunks: counts(review.state),
      level: levelName(state.options),
    });
    if (state.sidecar !== 'unused') {
      panel.setSidecar(state.sidecar, state.detail);
    }
    setContext('hasReport', state.run.report !== undefined);
    setContext('canUndo', state.run.changed && !state.run.running);
  };
  const drawReview = () => {
    const option = the().state.options.find(({ id }) => id === 'review')?.currentValue;
    panel.setHunks(
      panelFiles(review.state),
      reviewFacts(review.state, option, l10n.t('Level 0 only reads: a proposal can be looked at, not applied.')),
    );
  };

  const agent = (current = createAgent(context, log, review, {
    get visible() {
      return panel.visible;
    },
    show: () => {
      panel.show();
    },
    reset: (options, runs, folder) => {
      panel.reset({ workspace: folder.name, trusted: vscode.workspace.isTrusted, options, runs });
    },
    options: (options) => {
      panel.update({ options });
    },
    apply: (envelope) => {
      panel.apply(envelope);
      tellEnd(envelope);
    },
    draw,
  }));

  function tellEnd({ event, at }: EventEnvelope): void {
    // A replayed end is no news.
    if (event.kind !== 'run_finished' || Date.now() - Date.parse(at) > 10_000) {
      return;
    }
    if (event.stop === 'model_unavailable') {
      void offerModelServer(event.message);
    } else if (!vscode.window.state.focused && readSettings().notifications !== 'none') {
      void vscode.window.showInformationMessage(l10n.t('The agent has finished: {0}', event.message));
    }
  }

  const register = registrar(context, log);
  registerCommands(register, agent, documents, log, () => {
    panel.show();
  });
  registerMcp(context, log);
  registerReviewCommands(register, review, deciding, comments);

  context.subscriptions.push(
    log,
    review,
    documents,
    status,
    comments,
    registerCodeLens(review),
    registerDecorations(review),
    registerScm(review),
    registerTexts(review, () => agent.hydrate()),
    followReview(review),
    vscode.window.registerWebviewViewProvider(Panel.viewId, {
      resolveWebviewView: (view) => {
        panel.resolveWebviewView(view);
        agent.hydrate().catch((error: unknown) => {
          log.warn(String(error));
        });
      },
    }),
    review.onDidChange(() => {
      drawReview();
      draw(agent.state);
    }),
    agent.questions.onDidChange((question) => {
      panel.setQuestion(question);
      setContext('asked', question !== undefined);
      draw(agent.state);
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      agent.settingsChanged(change).catch((error: unknown) => {
        log.warn(String(error));
      });
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      agent.trusted().catch((error: unknown) => {
        log.warn(String(error));
      });
    }),
  );
  draw(agent.state);
}

/** Where only the whole patch is asked about, one accepted hunk accepts it only when all are. */
function wholePatch(chosen: ReturnType<typeof decisions>): string {
  return chosen.every(({ accept }) => accept) ? 'all' : 'reject';
}

function levelName(options: AgentState['options']): string | undefined {
  const level = options.find(({ id }) => id === 'level');
  const values = level?.options.flatMap((one) => ('options' in one ? one.options : [one]));
  return values?.find(({ value }) => value === level?.currentValue)?.name;
}

function setContext(name: string, value: boolean): void {
  void vscode.commands.executeCommand('setContext', `codexSidecar.${name}`, value);
}

export async function deactivate(): Promise<void> {
  await current?.dispose();
}
