// One sidecar and one session for one workspace folder: started when first needed, started again when it dies, never left behind.
import type { EventEnvelope, ListedRun, PatchText } from '../generated/contracts';
import { createBackoff } from './backoff';
import { createEventOrder } from './eventOrder';
import { envelopeOf, textsOf } from './meta';
import { startProcess, type SidecarProcess, type StartOptions } from './process';
import { gatherRun, type RunEvents } from './runEvents';
import { openWire, type ConfigOption, type Peer, type Wire } from './wire';

const handshake = 10_000;
/** How long to wait for an event that was told already, in milliseconds. */
const patience = 2000;

export interface ConnectionOptions {
  /** The workspace folder, absolute. */
  folder: string;
  version: string;
  trusted(): boolean;
  /** How to start it now; rejects with a sentence for the user when there is no program. */
  launch(): Promise<StartOptions>;
  /** The session of before, to go on with; undefined for none. */
  storedSession(): string | undefined;
  storeSession(sessionId: string): void;
  /** The options to set, each by its id; what is not offered is passed over. */
  wanted(): Record<string, string | null>;
  peer: Omit<Peer, 'update'>;
  on: ConnectionEvents;
  log: (line: string) => void;
}

export interface ConnectionEvents {
  state(state: 'starting' | 'ready' | 'none', detail: string): void;
  /** A session is open; its events follow from the first. */
  session(options: ConfigOption[], runs: ListedRun[]): void;
  options(options: ConfigOption[]): void;
  event(envelope: EventEnvelope, texts: PatchText[]): void;
  /** The program ended by itself; everything that waited for it is over. */
  died(how: string, again: boolean): void;
}

export interface Live {
  wire: Wire;
  sessionId: string;
}

export interface Connection {
  readonly folder: string;
  /** Starts the sidecar if it does not run. */
  ready(): Promise<Live>;
  readonly live: Live | undefined;
  /** Resolves when the events up to this one have been handed on, 2 s at most. */
  reached(seq: number): Promise<void>;
  setOption(id: string, value: string): Promise<void>;
  /** The events of an earlier run of the session; none when it does not know the run. */
  eventsOf(runId: string): Promise<EventEnvelope[]>;
  /** Another session, such as after the folder was trusted. */
  renew(): Promise<void>;
  restart(): Promise<void>;
  kill(): void;
  stop(): Promise<void>;
}

export function connect(options: ConnectionOptions): Connection {
  const { folder, on, log } = options;
  const backoff = createBackoff();
  let order = newOrder();
  let texts = new Map<number, PatchText[]>();
  const gathering = new Set<RunEvents>();
  let running: { process: SidecarProcess; live: Live } | undefined;
  let starting: Promise<Live> | undefined;
  let again: NodeJS.Timeout | undefined;
  let stopped = false;

  function newOrder() {
    return createEventOrder(
      (envelope) => {
        const found = texts.get(envelope.seq) ?? [];
        texts.delete(envelope.seq);
        on.event(envelope, found);
      },
      (seq) => {
        if (running) {
          replay(running.live, seq).catch((error: unknown) => {
            log(`replay: ${String(error)}`);
          });
        }
      },
    );
  }

  const take = (message: unknown) => {
    const envelope = envelopeOf(message);
    if (!envelope) {
      return;
    }
    const found = envelope.event.kind === 'patch_proposed' ? textsOf(message, (path) => relativeTo(folder, path)) : [];
    if (found.length > 0 && envelope.seq > order.last) {
      texts.set(envelope.seq, found);
    }
    for (const gathered of gathering) {
      gathered.take(envelope);
    }
    order.take(envelope);
  };

  async function replay({ wire, sessionId }: Live, afterSeq: number): Promise<void> {
    const { toSeq } = await wire.replay(sessionId, { afterSeq });
    await order.reached(toSeq, patience);
  }

  async function start(): Promise<Live> {
    clearTimeout(again);
    on.state('starting', '');
    let process: SidecarProcess | undefined;
    try {
      process = await startProcess(await options.launch());
      const peer: Peer = {
        ...options.peer,
        update: take,
        ask: async (params, signal) => {
          take(params);
          return options.peer.ask(params, signal);
        },
      };
      const wire = await openWire(process.child, peer, options.version, handshake);
      const live = await enter(wire);
      running = { process, live };
      watch(process);
      on.state('ready', '');
      return live;
    } catch (error) {
      await process?.stop();
      const sentence = error instanceof Error ? error.message : String(error);
      on.state('none', sentence);
      throw error;
    }
  }

  /** Goes on with the session of before where there is one, else begins one. */
  async function enter(wire: Wire, fresh = false): Promise<Live> {
    const stored = fresh ? undefined : options.storedSession();
    const resumed = stored
      ? await wire.resumeSession(stored, folder, options.trusted()).catch((error: unknown) => {
          log(`The session ${stored} cannot be resumed: ${String(error)}`);
          return undefined;
        })
      : undefined;
    const session = resumed ?? (await wire.newSession(folder, options.trusted()));
    options.storeSession(session.sessionId);
    const live = { wire, sessionId: session.sessionId };
    const current = await setWanted(live, session.options);
    if (order.last > 0 && resumed) {
      on.options(current);
    } else {
      texts = new Map();
      order.dispose();
      order = newOrder();
      const { runs } = resumed && wire.understood ? await wire.listRuns(session.sessionId) : { runs: [] };
      on.session(current, runs);
    }
    if (resumed && wire.understood) {
      await replay(live, order.last);
    }
    return live;
  }

  async function setWanted({ wire, sessionId }: Live, offered: ConfigOption[]): Promise<ConfigOption[]> {
    let current = offered;
    for (const [id, value] of Object.entries(options.wanted())) {
      const option = current.find((item) => item.id === id);
      if (value && option && option.currentValue !== value) {
        current = await wire.setOption(sessionId, id, value).catch((error: unknown) => {
          log(`${id} = ${value} is not offered: ${String(error)}`);
          return current;
        });
      }
    }
    return current;
  }

  function watch(process: SidecarProcess): void {
    void process.ended.then((how) => {
      if (running?.process !== process) {
        return;
      }
      running = undefined;
      const delay = stopped ? undefined : backoff.died(Date.now());
      log(`The sidecar ended: ${how}.`);
      on.state('none', how);
      on.died(how, delay !== undefined);
      if (delay !== undefined) {
        again = setTimeout(() => {
          ready().catch((error: unknown) => {
            log(String(error));
          });
        }, delay);
      }
    });
  }

  function ready(): Promise<Live> {
    if (running) {
      return Promise.resolve(running.live);
    }
    starting ??= start().finally(() => {
      starting = undefined;
    });
    return starting;
  }

  async function stop(): Promise<void> {
    stopped = true;
    clearTimeout(again);
    await starting?.catch(() => undefined);
    const last = running;
    running = undefined;
    await last?.process.stop();
    order.dispose();
  }

  return {
    folder,
    ready,
    get live() {
      return running?.live;
    },
    reached: (seq) => order.reached(seq, patience),
    setOption: async (id, value) => {
      const { wire, sessionId } = await ready();
      on.options(await wire.setOption(sessionId, id, value));
    },
    eventsOf: async (runId) => {
      const { wire, sessionId } = await ready();
      const gathered = gatherRun(runId);
      gathering.add(gathered);
      try {
        const { count } = await wire.replay(sessionId, { runId });
        return await gathered.all(count, patience);
      } finally {
        gathering.delete(gathered);
      }
    },
    renew: async () => {
      if (running) {
        const { wire, sessionId } = running.live;
        await wire.closeSession(sessionId).catch(() => undefined);
        running.live = await enter(wire, true);
      }
    },
    restart: async () => {
      await stop();
      stopped = false;
      backoff.reset();
      await ready();
    },
    kill: () => {
      running?.process.kill();
    },
    stop,
  };
}

/** Relative to the folder, with `/`, as the events name files. */
export function relativeTo(folder: string, path: string): string {
  const plain = (text: string) => text.replaceAll('\\', '/').replace(/\/$/, '');
  const [root, file] = [plain(folder), plain(path)];
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}
