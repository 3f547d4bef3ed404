// The connection to the sidecar for one workspace folder at a time, and what is known of it.
// Its events go to the runs, its questions to the user.
import type { Closing } from './closing';
import * as vscode from 'vscode';
import { readBuffers } from './buffers';
import type { SessionFacts, SidecarState } from './panel/types';
import type { Questions } from './questions';
import type { Review } from './review/review';
import { isRunning } from './run/projections';
import type { Runs } from './run/runs';
import { readSettings } from './settings';
import { connect, type Connection, type Live } from './sidecar/connection';
import { startOptions } from './sidecar/launch';
import { tellDeath } from './tell';

export interface AgentState {
  sidecar: SidecarState | 'unused';
  detail: string;
  /** Undefined until there is one. */
  session: SessionFacts | undefined;
}

export interface Link extends Closing {
  readonly state: AgentState;
  readonly onDidChange: vscode.Event<AgentState>;
  readonly folder: vscode.WorkspaceFolder | undefined;
  readonly connection: Connection | undefined;
  /** What the user chose in the panel holds until the window closes; level 4 never outlives its session. */
  readonly chosen: Map<string, string>;
  /** Ends the connection of another folder first. */
  to(wanted: vscode.WorkspaceFolder): Promise<Connection>;
  /** Whether the folder has a session of before. */
  hasSession: (at: vscode.WorkspaceFolder) => boolean;
  /** Reads the list of earlier runs as it is now. */
  listRuns(live: Live): void;
}

interface LinkParts {
  context: vscode.ExtensionContext;
  log: vscode.LogOutputChannel;
  runs: Runs;
  review: Review;
  questions: Questions;
}

const keyOf = ({ uri }: vscode.WorkspaceFolder) => `session:${uri.toString()}`;

export function createLink({ context, log, runs, review, questions }: LinkParts): Link {
  const changed = new vscode.EventEmitter<AgentState>();
  const chosen = new Map<string, string>();
  let state: AgentState = { sidecar: 'unused', detail: '', session: undefined };
  let connection: Connection | undefined;
  let folder: vscode.WorkspaceFolder | undefined;

  const set = (change: Partial<AgentState>) => {
    state = { ...state, ...change };
    changed.fire(state);
  };
  const setSession = (change: Partial<SessionFacts>) => {
    if (state.session) {
      set({ session: { ...state.session, ...change } });
    }
  };

  function open(at: vscode.WorkspaceFolder): Connection {
    folder = at;
    review.setFolder(at.uri);
    const key = keyOf(at);
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
        ask: (params, signal) => questions.ask(params, signal, at.uri.fsPath),
        readBuffers: (paths) => readBuffers(at.uri, paths),
      },
      on: {
        state: (sidecar, detail) => {
          set({ sidecar, detail });
        },
        session: (options, listed) => {
          runs.dispatch({ type: 'closed' });
          set({ session: { workspace: at.name, trusted: vscode.workspace.isTrusted, options, runs: listed } });
        },
        options: (options) => {
          setSession({ options });
        },
        event: (envelope, texts) => {
          runs.dispatch({ type: 'event', envelope, texts });
        },
        died: (how, again) => {
          questions.cancelAll();
          const wasRunning = isRunning(runs.latest);
          runs.dispatch({ type: 'lost' });
          void tellDeath(how, again, wasRunning);
        },
      },
      log: (line) => {
        log.warn(line);
      },
    });
  }

  function listRuns({ wire, sessionId }: Live): void {
    if (wire.understood) {
      wire.listRuns(sessionId).then(
        ({ runs: listed }) => {
          setSession({ runs: listed });
        },
        (error: unknown) => {
          log.warn(`run/list: ${String(error)}`);
        },
      );
    }
  }

  return {
    get state() {
      return state;
    },
    onDidChange: changed.event,
    get folder() {
      return folder;
    },
    get connection() {
      return connection;
    },
    chosen,
    to: async (wanted) => {
      if (connection && folder?.uri.toString() !== wanted.uri.toString()) {
        await connection.stop();
        connection = undefined;
      }
      connection ??= open(wanted);
      return connection;
    },
    hasSession: (at) => context.workspaceState.get(keyOf(at)) !== undefined,
    listRuns,
    dispose: () => {
      changed.dispose();
    },
  };
}
