// The middle: what the user wants goes to the sidecar, what the sidecar says goes to the review, the panel, the status bar.
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { readBuffers, settleUnsaved } from './buffers';
import type { EventEnvelope, ListedRun, PatchText } from './generated/contracts';
import { createQuestions, type Questions } from './questions';
import type { Review } from './review/review';
import { closeGoneTabs } from './review/tabs';
import { noRun, reduceRun, type RunFacts } from './runFacts';
import { readSettings } from './settings';
import { connect, type Connection, type Live } from './sidecar/connection';
import { startOptions } from './sidecar/launch';
import type { StartOptions } from './sidecar/process';
import type { ConfigOption, PromptBlock } from './sidecar/wire';
import type { SidecarState } from './panel/types';
import { refusal, tellDeath } from './tell';
import { createTurn } from './turn';

export interface AgentState {
  sidecar: SidecarState | 'unused';
  detail: string;
  run: RunFacts;
  options: readonly ConfigOption[];
}

export interface Screen {
  readonly visible: boolean;
  show(): void;
  reset(options: readonly ConfigOption[], runs: readonly ListedRun[], folder: vscode.WorkspaceFolder): void;
  options(options: readonly ConfigOption[]): void;
  apply(envelope: EventEnvelope): void;
  draw(state: AgentState): void;
}

export interface Agent {
  readonly state: AgentState;
  readonly questions: Questions;
  readonly folder: vscode.WorkspaceFolder | undefined;
  solve(task: string, extra?: PromptBlock[]): Promise<void>;
  /** A command of the sidecar, such as /undo. */
  say(command: string): Promise<void>;
  stop(): Promise<void>;
  setOption(id: string, value: string): Promise<void>;
  live(): Promise<Live>;
  /** Shows again what was before the window was reloaded. */
  hydrate(): Promise<void>;
  start(): Promise<StartOptions>;
  restart(): Promise<void>;
  trusted(): Promise<void>;
  /** The user changed settings: a new model server needs a new start, the others are options of the session. */
  settingsChanged(change: vscode.ConfigurationChangeEvent): Promise<void>;
  dispose(): Promise<void>;
}

const sessionKey = 'session';

export function createAgent(context: vscode.ExtensionContext, log: vscode.LogOutputChannel, review: Review, screen: Screen): Agent {
  let state: AgentState = { sidecar: 'unused', detail: '', run: noRun, options: [] };
  let connection: Connection | undefined;
  let folder: vscode.WorkspaceFolder | undefined;
  const turn = createTurn(
    () => l10n.t('A run is going on: stop it first.'),
    (taken) => void vscode.commands.executeCommand('setContext', 'codexSidecar.running', taken),
  );
  // What the user chose in the panel holds until the window closes; level 4 never outlives its session.
  const chosen = new Map<string, string>();

  const draw = (change: Partial<AgentState>) => {
    state = { ...state, ...change };
    screen.draw(state);
  };
  const questions = createQuestions(
    () => folder?.uri.fsPath,
    () => readSettings().notifications !== 'none' && (!screen.visible || !vscode.window.state.focused),
    () => {
      screen.show();
    },
  );

  function onEvent(envelope: EventEnvelope, texts: PatchText[]): void {
    const { event } = envelope;
    if (event.kind === 'patch_proposed') {
      review.dispatch({ type: 'texts', patchId: event.patchId, texts });
    }
    review.dispatch({ type: 'event', envelope });
    if (['patch_applied', 'hunks_decided', 'rolled_back'].includes(event.kind)) {
      void closeGoneTabs(review);
    }
    const run = reduceRun(state.run, envelope);
    screen.apply(envelope);
    if (run !== state.run) {
      draw({ run });
    }
  }

  function open(at: vscode.WorkspaceFolder): Connection {
    folder = at;
    review.setFolder(at.uri);
    const key = `${sessionKey}:${at.uri.toString()}`;
    return connect({
      folder: at.uri.fsPath,
      version: String((context.extension.packageJSON as { version?: string }).version),
      trusted: () => vscode.workspace.isTrusted,
      launch: () => startOptions(context, log),
      storedSession: () => context.workspaceState.get<string>(key),
      storeSession: (sessionId) => void context.workspaceState.update(key, sessionId),
      wanted: () => {
        const { level, review: mode, consilium, model } = readSettings();
        return { level, review: mode, consilium, model: model || null, ...Object.fromEntries(chosen) };
      },
      peer: {
        ask: (params, signal) => questions.ask(params, signal),
        readBuffers: (paths) => readBuffers(at.uri, paths),
      },
      on: {
        state: (sidecar, detail) => {
          draw({ sidecar, detail });
        },
        session: (options, runs) => {
          review.dispatch({ type: 'closed' });
          draw({ options, run: noRun });
          screen.reset(options, runs, at);
        },
        options: (options) => {
          draw({ options });
          screen.options(options);
        },
        event: onEvent,
        died: (how, again) => {
          questions.cancelAll();
          const wasRunning = state.run.running;
          draw({ run: { ...state.run, running: false } });
          void tellDeath(how, again, wasRunning);
        },
      },
      log: (line) => {
        log.warn(line);
      },
    });
  }

  /**
   * The connection of a folder: that of the active editor, of the last run, the only one, or the user's choice.
   * @param choose only for who has the turn: a run must not lose its sidecar to another folder
   */
  async function connected(choose: boolean): Promise<Connection> {
    const folders = vscode.workspace.workspaceFolders?.filter(({ uri }) => uri.scheme === 'file') ?? [];
    const active = vscode.window.activeTextEditor?.document.uri;
    const wanted =
      (turn.taken && !choose ? folder : undefined) ??
      (choose && active ? folders.find(({ uri }) => active.path.startsWith(`${uri.path}/`)) : undefined) ??
      folder ??
      (folders.length > 1 && choose ? await vscode.window.showWorkspaceFolderPick() : folders[0]);
    if (!wanted) {
      throw new Error(l10n.t('Open a folder first: the agent works in a folder.'));
    }
    if (connection && folder?.uri.toString() !== wanted.uri.toString()) {
      await connection.stop();
      connection = undefined;
    }
    connection ??= open(wanted);
    return connection;
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
        cancel.onCancellationRequested(() => void stop());
        return work;
      }),
    );
  }

  async function stop(): Promise<void> {
    if (!turn.taken) {
      return;
    }
    const stubborn = turn.stopPressed > 0 && Date.now() - turn.stopPressed > 5000;
    turn.press();
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
        connection?.kill();
      }
    }
  }

  return {
    get state() {
      return state;
    },
    get folder() {
      return folder;
    },
    questions,
    solve: async (task, extra = []) => {
      await turn.take(async () => {
        const at = await connected(true);
        if (turn.stopPressed === 0 && (await settleUnsaved(vscode.Uri.file(at.folder), readSettings().unsavedFiles))) {
          screen.show();
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
        chosen.set(id, value);
      }
      await at.setOption(id, value);
    },
    live: async () => (await connected(false)).ready(),
    hydrate: async () => {
      if (
        !connection &&
        vscode.workspace.workspaceFolders?.some(({ uri }) => context.workspaceState.get(`${sessionKey}:${uri.toString()}`))
      ) {
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
      if (!connection?.live) {
        return;
      }
      if (!turn.taken && ['model', 'sidecarPath'].some(changed)) {
        await connection.restart();
      }
      const { level, review: mode, consilium } = readSettings();
      for (const [id, value] of Object.entries({ level, review: mode, consilium })) {
        if (changed(id)) {
          chosen.delete(id);
          await (value ? connection.setOption(id, value) : undefined);
        }
      }
    },
    trusted: async () => {
      await connection?.renew();
    },
    dispose: async () => {
      questions.dispose();
      await connection?.stop();
    },
  };
}
