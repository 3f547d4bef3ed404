// Where the parts are made, each from those above it, and where what one part says is handed to the others. Nothing starts here:
// the sidecar starts with the first task, or when a view shows what was before a reload.
import * as vscode from 'vscode';
import { createAgent, type Agent } from './agent';
import { registerCommands } from './commands';
import { createContexts } from './contexts';
import { createDocuments } from './documents';
import { tellEnds } from './endNotice';
import { registerMcp } from './mcp';
import { perform } from './panel/messages';
import { Panel } from './panel/panel';
import { panelActions } from './panelActions';
import { createQuestions, type Questions } from './questions';
import { registrar } from './register';
import { registerCodeLens } from './review/codeLens';
import { followReview, registerReviewCommands } from './review/commands';
import { registerComments } from './review/comments';
import { createDeciding, type Deciding } from './review/decide';
import { registerDecorations } from './review/decorations';
import { createReview, type Review } from './review/review';
import { registerScm } from './review/scm';
import { decisions } from './review/select';
import { closeTabsOfGoneFiles } from './review/tabs';
import { registerTexts } from './review/texts';
import { createRuns } from './run/runs';
import { readSettings } from './settings';
import { drawSurfaces } from './surfaces';
import { createStatus } from './status';

/** @returns what must be waited for when the window closes */
export function compose(context: vscode.ExtensionContext): () => Promise<void> {
  const log = vscode.window.createOutputChannel('Codex Sidecar', { log: true });
  const setContext = createContexts();
  const documents = createDocuments();
  const status = createStatus();
  const runs = createRuns();
  const review = createReview(runs);
  const comments = registerComments(review);
  const panel = new Panel(context.extensionUri);
  const showPanel = () => {
    panel.show();
  };
  const questions = createQuestions(
    () => readSettings().notifications !== 'none' && (!panel.visible || !vscode.window.state.focused),
    showPanel,
  );
  const agent = createAgent({ context, log, runs, review, questions, setContext, showPanel });
  const deciding = decidingOver(review, questions, agent);
  const actions = panelActions({ agent, runs, questions, review, deciding, documents, log });
  const register = registrar(context, log);
  const warn = (error: unknown) => {
    log.warn(String(error));
  };

  registerCommands(register, { agent, runs, questions, documents, log, showPanel });
  registerReviewCommands(register, review, deciding, comments);
  registerMcp(context, log);
  context.subscriptions.push(
    // Those that listen first, those that are listened to last.
    drawSurfaces({ runs, review, agent, questions, panel, status, setContext }),
    tellEnds(runs),
    panel.onDidAct((act) => {
      perform(actions, act);
    }),
    registerCodeLens(review),
    registerDecorations(review),
    registerScm(review),
    registerTexts(review, () => agent.hydrate()),
    followReview(review, setContext),
    closeTabsOfGoneFiles(runs, review),
    vscode.window.registerWebviewViewProvider(Panel.viewId, {
      resolveWebviewView: (view) => {
        panel.resolveWebviewView(view);
        agent.hydrate().catch(warn);
      },
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      agent.settingsChanged(change).catch(warn);
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      agent.trusted().catch(warn);
    }),
    agent,
    questions,
    panel,
    comments,
    review,
    runs,
    status,
    documents,
    log,
  );
  return () => agent.end();
}

/** Before writing an answer to the sidecar's question, after it a request of its own. */
function decidingOver(review: Review, questions: Questions, agent: Agent): Deciding {
  return createDeciding(
    review,
    (askId, chosen) => {
      const byHunk = questions.open?.options.some(({ optionId }) => optionId === 'hunks');
      questions.answer(askId, byHunk ? 'hunks' : wholePatch(chosen), chosen);
    },
    async (patchId, chosen) => {
      const { wire, sessionId } = await agent.live();
      return wire.decide(sessionId, review.state.runId, patchId, chosen);
    },
  );
}

/** Where only the whole patch is asked about, one accepted hunk accepts it only when all are. */
function wholePatch(chosen: ReturnType<typeof decisions>): string {
  return chosen.every(({ accept }) => accept) ? 'all' : 'reject';
}
