import { client, ndJsonStream, type ClientConnection, type PermissionOptionKind, type SessionConfigOption } from '@agentclientprotocol/sdk';
import { Readable, Writable } from 'node:stream';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type {
  BuffersReadResult,
  DecideResult,
  HunkDecision,
  ListedSnapshot,
  PromptResultExtras,
  ReplayResult,
  RunListResult,
  SnapshotListResult,
  SnapshotRestoreResult,
  UnsavedText,
} from '../generated/contracts';
import { extras, isRecord, wireVersion } from './meta';

/** The sidecar's options are all of the kind with a list of values. */
export type ConfigOption = Extract<SessionConfigOption, { type: 'select' }>;

export interface AskedOption {
  optionId: string;
  name: string;
  kind: PermissionOptionKind;
}

/** What the sidecar asks of us and tells us. */
export interface Peer {
  update(update: unknown): void;
  ask(params: unknown, signal: AbortSignal): Promise<{ optionId: string; decisions?: HunkDecision[] } | undefined>;
  readBuffers(paths: string[]): UnsavedText[];
}

export interface Session {
  sessionId: string;
  options: ConfigOption[];
}

export type PromptBlock = { type: 'text'; text: string } | { type: 'resource'; resource: { uri: string; text: string } };

/** The calls of docs/protocol.md, typed. Every one rejects when the connection ends. */
export interface Wire {
  /** False: a sidecar of another version; only the standard fields mean something. */
  readonly understood: boolean;
  has(method: string): boolean;
  /** The connection has ended; what was asked on it was rejected. */
  readonly closed: boolean;
  newSession(cwd: string, trusted: boolean): Promise<Session>;
  resumeSession(sessionId: string, cwd: string, trusted: boolean): Promise<Session>;
  closeSession(sessionId: string): Promise<void>;
  prompt(sessionId: string, blocks: PromptBlock[], unsaved: UnsavedText[]): Promise<{ stopReason: string; extras?: PromptResultExtras }>;
  cancel(sessionId: string): void;
  setOption(sessionId: string, configId: string, value: string): Promise<ConfigOption[]>;
  replay(sessionId: string, what: { runId: string } | { afterSeq: number }): Promise<ReplayResult>;
  listRuns(sessionId: string): Promise<RunListResult>;
  decide(sessionId: string, runId: string, patchId: string, decisions: HunkDecision[]): Promise<DecideResult>;
  listSnapshots(sessionId: string): Promise<ListedSnapshot[]>;
  /** @param paths relative: these, whatever is there now; undefined: what the runs since then changed */
  restore(sessionId: string, snapshotId: string, dryRun: boolean, paths?: string[]): Promise<SnapshotRestoreResult>;
  close(): void;
}

const raw = (params: unknown) => params;

/** Opens the connection and shakes hands within the time given. */
export async function openWire(child: ChildProcessWithoutNullStreams, peer: Peer, version: string, milliseconds: number): Promise<Wire> {
  // Own parsers: the SDK's would drop an update it does not know, and with it the event it carries.
  const connection = client({ name: 'codex-sidecar-vscode' })
    .onNotification('session/update', raw, ({ params }) => {
      peer.update(isRecord(params) ? params['update'] : undefined);
    })
    .onRequest('session/request_permission', raw, async ({ params, signal }) => {
      const answer = await peer.ask(params, signal).catch(() => undefined);
      return answer
        ? {
            outcome: {
              outcome: 'selected',
              optionId: answer.optionId,
              ...(answer.decisions ? { _meta: { codexSidecar: { decisions: answer.decisions } } } : {}),
            },
          }
        : { outcome: { outcome: 'cancelled' } };
    })
    .onRequest('_codexSidecar/buffers/read', raw, ({ params }): BuffersReadResult => ({
      unsaved: peer.readBuffers(strings(params, 'paths')),
    }))
    .connect(ndJsonStream(Writable.toWeb(child.stdin) as WritableStream<Uint8Array>, Readable.toWeb(child.stdout)));
  const timer = setTimeout(() => {
    connection.close(new Error(`No answer to "initialize" in ${milliseconds / 1000} s.`));
  }, milliseconds);
  try {
    const hello = await connection.agent.request('initialize', {
      protocolVersion: 1,
      clientInfo: { name: 'codex-sidecar-vscode', version },
      clientCapabilities: { session: { notices: {} }, _meta: { codexSidecar: { v: wireVersion, buffers: true } } },
    });
    return calls(connection, isRecord(hello) ? extras(hello['agentCapabilities']) : undefined);
  } finally {
    clearTimeout(timer);
  }
}

function calls(connection: ClientConnection, agent: Record<string, unknown> | undefined): Wire {
  const methods = new Set(strings(agent, 'methods'));
  const request = <T>(method: string, params: unknown) => connection.agent.request<T>(method, params);
  const own = <T>(method: string, params: unknown) => request<T>(`_codexSidecar/${method}`, params);
  const session = (sessionId: string | undefined, result: unknown): Session => {
    const record = isRecord(result) ? result : {};
    return { sessionId: sessionId ?? String(record['sessionId']), options: optionsOf(record) };
  };
  const enter = (cwd: string, trusted: boolean) => ({ cwd, mcpServers: [], _meta: { codexSidecar: { trusted } } });
  return {
    understood: agent?.['v'] === wireVersion,
    has: (method) => methods.has(method),
    get closed() {
      return connection.signal.aborted;
    },
    newSession: async (cwd, trusted) => session(undefined, await request('session/new', enter(cwd, trusted))),
    resumeSession: async (sessionId, cwd, trusted) =>
      session(sessionId, await request('session/resume', { sessionId, ...enter(cwd, trusted) })),
    closeSession: async (sessionId) => {
      await request('session/close', { sessionId });
    },
    prompt: async (sessionId, blocks, unsaved) => {
      const result = await request<Record<string, unknown>>('session/prompt', {
        sessionId,
        prompt: blocks,
        _meta: { codexSidecar: { unsaved } },
      });
      const found = extras(result) as PromptResultExtras | undefined;
      return { stopReason: String(result['stopReason']), ...(found ? { extras: found } : {}) };
    },
    cancel: (sessionId) => {
      connection.agent.notify('session/cancel', { sessionId }).catch(() => undefined);
    },
    setOption: async (sessionId, configId, value) => optionsOf(await request('session/set_config_option', { sessionId, configId, value })),
    replay: (sessionId, what) => own('run/replay', { sessionId, ...what }),
    listRuns: (sessionId) => own('run/list', { sessionId }),
    decide: (sessionId, runId, patchId, decisions) => own('hunks/decide', { sessionId, runId, patchId, decisions }),
    listSnapshots: async (sessionId) => {
      const found: ListedSnapshot[] = [];
      for (let cursor: string | undefined, first = true; first || cursor; first = false) {
        const page = await own<SnapshotListResult>('snapshot/list', { sessionId, cursor });
        found.push(...page.snapshots);
        cursor = page.nextCursor;
      }
      return found;
    },
    restore: (sessionId, snapshotId, dryRun, paths) => own('snapshot/restore', { sessionId, snapshotId, dryRun, paths }),
    close: () => {
      connection.close();
    },
  };
}

export function optionsOf(result: unknown): ConfigOption[] {
  const list = isRecord(result) ? result['configOptions'] : undefined;
  return Array.isArray(list) ? list.filter((option): option is ConfigOption => isRecord(option) && Array.isArray(option['options'])) : [];
}

function strings(params: unknown, name: string): string[] {
  const list = isRecord(params) ? params[name] : undefined;
  return Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];
}
