// Draws panel, status bar and the menus' conditions from the states of the runs, the review, the agent and the open question.
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { Agent } from './agent';
import type { SetContext } from './contexts';
import type { AgentState } from './link';
import type { Panel } from './panel/panel';
import type { Questions } from './questions';
import { panelFiles, reviewFacts } from './review/panelFiles';
import type { Review } from './review/review';
import { counts } from './review/select';
import { hasChanged, isRunning, statusOf } from './run/projections';
import type { Runs } from './run/runs';
import type { createStatus } from './status';

export interface Surfaces {
  runs: Runs;
  review: Review;
  agent: Agent;
  questions: Questions;
  panel: Panel;
  status: ReturnType<typeof createStatus>;
  setContext: SetContext;
}

export function drawSurfaces({ runs, review, agent, questions, panel, status, setContext }: Surfaces): vscode.Disposable {
  const drawStatus = () => {
    status.draw({
      sidecar: agent.state.sidecar,
      run: statusOf(runs.latest),
      asked: questions.open !== undefined,
      hunks: counts(review.state),
      level: levelName(agent.state),
    });
    setContext('hasReport', runs.shown.reportFile !== undefined);
    setContext('canUndo', hasChanged(runs.latest) && !isRunning(runs.latest));
  };
  const drawHunks = () => {
    const option = agent.state.session?.options.find(({ id }) => id === 'review');
    panel.setHunks(
      // Only the latest run can be decided about.
      runs.shown === runs.latest ? panelFiles(review.state) : [],
      reviewFacts(
        review.state,
        option?.type === 'select' ? option.currentValue : undefined,
        l10n.t('Level 0 only reads: a proposal can be looked at, not applied.'),
      ),
    );
  };
  let showsLatest = true;
  drawStatus();
  return vscode.Disposable.from(
    runs.onDidChange(() => {
      panel.setRun(runs.shown);
      if (showsLatest !== (runs.shown === runs.latest)) {
        showsLatest = !showsLatest;
        drawHunks();
      }
      drawStatus();
    }),
    review.onDidChange(() => {
      drawHunks();
      drawStatus();
    }),
    questions.onDidChange((question) => {
      panel.setQuestion(question);
      setContext('asked', question !== undefined);
      drawStatus();
    }),
    agent.onDidChange(({ sidecar, detail, session }) => {
      if (sidecar !== 'unused') {
        panel.setSidecar(sidecar, detail);
      }
      if (session) {
        panel.setSession(session);
      }
      drawHunks();
      drawStatus();
    }),
  );
}

function levelName({ session }: AgentState): string | undefined {
  const level = session?.options.find(({ id }) => id === 'level');
  if (level?.type !== 'select') {
    return undefined;
  }
  const values = level.options.flatMap((one) => ('options' in one ? one.options : [one]));
  return values.find(({ value }) => value === level.currentValue)?.name;
}
