// The middle between the user and the sidecar: tasks go out, what comes back goes to the runs and the questions.
import type { Closing } from './closing';
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { readBuffers, settleUnsaved } from './buffers';
import type { SetContext } from './contexts';
import { createLink, type AgentState } from './link';
import type { Questions } from './questions';
import type { Review } from './review/review';
import type { Runs } from './run/runs';
import { readSettings } from './settings';
import type { Connection, Live } from './sidecar/connection';
import { startOptions } from './sidecar/launch';
import type { StartOptions } from './sidecar/process';
import type { PromptBlock } from './sidecar/wire';
import { refusal } from './tell';
import { createTurn } from './turn';

export interface Agent extends Closing {
  readonly state: AgentState;
  readonly onDidChange: vscode.Event<AgentState>;
  readonly folder: vscode.WorkspaceFolder | undefined;
  solve(task: string, extra?: PromptBlock[]): Promise<void>;
  /** A command of the sidecar, such as /undo. */
  say(command: string): Promise<void>;
  stop(): Promise<void>;
  setOption(id: string, value: string): Promise<void>;
  live(): Promise<Live>;
  /** Shows an earlier run of the session, or the latest again. */
  showRun(runId: string): Promise<void>;
  /** Shows again what was before the window was reloaded. */
  hydrate(): Promise<void>;
  start(): Promise<StartOptions>;
  restart(): Promise<void>;
  trusted(): Promise<void>;
  /** The user changed settings: a new model server needs a new start, the others are options of the session. */
  settingsChanged(change: vscode.ConfigurationChangeEvent): Promise<void>;
  /** Ends the sidecar. */
  end(): Promise<void>;
}

/** What the agent needs of the rest. */
export interface AgentParts {
  context: vscode.ExtensionContext;
  log: vscode.LogOutputChannel;
  runs: Runs;
  review: Review;
  questions: Questions;
  setContext: SetContext;
  showPanel: () => void;
}

export function createAgent({ context, log, runs, review, questions, setContext, showPanel }: AgentParts): Agent {
  const link = createLink({ context, log, runs, review, questions });
  let wantedRun = '';
  const turn = createTurn(
    () => l10n.t('A run is going on: stop it first.'),
    (taken) => {
      setContext('running', taken);
    },
  );
  /**
   * The connection of a folder: that of the active editor, of the last run, the only one, or the user's choice.
   * @param choose only for who has the turn: a run must not lose its sidecar to another folder
   */
  async function connected(choose: boolean): Promise<Connection> {
    const folders = vscode.workspace.workspaceFolders?.filter(({ uri }) => uri.scheme === 'file') ?? [];
    const active = vscode.window.activeTextEditor?.document.uri;
    const { folder } = link;
    const wanted =
      (turn.taken && !choose ? folder : undefined) ??
      (choose && active ? folders.find(({ uri }) => active.path.startsWith(`${uri.path}/`)) : undefined) ??
      folder ??
      (folders.length > 1 && choose ? await vscode.window.showWorkspaceFolderPick() : folders[0]);
    if (!wanted) {
      throw new Error(l10n.t('Open a folder first: the agent works in a folder.'));
    }
    return link.to(wanted);
  }

  async function prompt(blocks: PromptBlock[], at: Connection): Promise<void> {
    const live = await at.ready();
    if (turn.stopPressed > 0) {
      return;
    }
    const home = vscode.Uri.file(at.folder);
    try {
      const sent = live.wire.prompt(live.sessionId, blocks, readBuffers(home));
      const done = await progress(sent);
      await at.reached(done.extras?.lastSeq ?? 0);
      link.listRuns(live);
    } catch (error) {
      // A sidecar that ended is told about once, where it is started again; what was refused must be said here.
      if (!live.wire.closed) {
        throw new Error(refusal(error), { cause: error });
      }
    }
  }

  function progress<T>(work: Promise<T>): Promise<T> {
    const everywhere = readSettings().notifications === 'all';
    const options = everywhere
      ? { location: vscode.ProgressLocation.Notification, title: l10n.t('The agent works'), cancellable: true }
      : { location: { viewId: 'codexSidecar.panel' } };
    return Promise.resolve(
      vscode.window.withProgress(options, (_, cancel) => {
        const listening = cancel.onCancellationRequested(() => void stop());
        return work.finally(() => {
          listening.dispose();
        });
      }),
    );
  }

  async function stop(): Promise<void> {
    if (!turn.taken) {
      return;
    }
    const stubborn = turn.stopPressed > 0 && Date.now() - turn.stopPressed > 5000;
    turn.press();
    const { connection } = link;
    const live = connection?.live;
    if (!live) {
      return; // the sidecar is still starting, and nothing will be sent to it
    }
    live.wire.cancel(live.sessionId);
    questions.cancelAll();
    if (stubborn) {
      const kill = l10n.t('Kill the sidecar');
      const picked = await vscode.window.showWarningMessage(l10n.t('The run does not end.'), kill);
      if (picked === kill) {
        connection.kill();
      }
    }
  }

  return {
    get state() {
      return link.state;
    },
    onDidChange: link.onDidChange,
    get folder() {
      return link.folder;
    },
    solve: async (task, extra = []) => {
      await turn.take(async () => {
        const at = await connected(true);
        if (turn.stopPressed === 0 && (await settleUnsaved(vscode.Uri.file(at.folder), readSettings().unsavedFiles))) {
          showPanel();
          await prompt([{ type: 'text', text: task }, ...extra], at);
        }
      });
    },
    say: async (command) => {
      await turn.take(async () => {
        await prompt([{ type: 'text', text: command }], await connected(false));
      });
    },
    stop,
    setOption: async (id, value) => {
      const at = await connected(false);
      if (value !== 'extended_shell') {
        link.chosen.set(id, value);
      }
      await at.setOption(id, value);
    },
    live: async () => (await connected(false)).ready(),
    showRun: async (runId) => {
      wantedRun = runId;
      const latest = runs.latest.run?.runId;
      if (runId === latest) {
        runs.show(undefined);
        return;
      }
      const at = await connected(false);
      const events = await at.eventsOf(runId);
      // The user may have picked another one since, or begun one.
      if (events.length > 0 && wantedRun === runId && runs.latest.run?.runId === latest) {
        runs.show(events);
        link.listRuns(await at.ready());
      }
    },
    hydrate: async () => {
      if (!link.connection && vscode.workspace.workspaceFolders?.some(link.hasSession)) {
        await (await connected(false)).ready();
      }
    },
    start: () => startOptions(context, log),
    restart: async () => {
      const at = await connected(false);
      questions.cancelAll();
      await at.restart();
    },
    settingsChanged: async (change) => {
      const changed = (name: string) => change.affectsConfiguration(`codexSidecar.${name}`);
      const { connection } = link;
      if (!connection?.live) {
        return;
      }
      if (!turn.taken && ['model', 'sidecarPath'].some(changed)) {
        await connection.restart();
      }
      const { level, review: mode, consilium } = readSettings();
      for (const [id, value] of Object.entries({ level, review: mode, consilium })) {
        if (changed(id)) {
          link.chosen.delete(id);
          await (value ? connection.setOption(id, value) : undefined);
        }
      }
    },
    trusted: async () => {
      await link.connection?.renew();
    },
    end: async () => {
      questions.cancelAll();
      await link.connection?.stop();
    },
    dispose: () => {
      link.dispose();
    },
  };
}
