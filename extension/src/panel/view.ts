// What one event changes in the part of a run that the panel draws; pure, so that a replay draws the same picture as the run did.
import type { AppliedFile, EventEnvelope, RunEvent, Stage, StageOutcome } from '../generated/contracts';
import { nextItems } from './checklist';
import type { PatchView, SpokenText, StageView, TestsView, ViewState } from './state';
import { joined, plain, tail, type Lines } from './text';

/** What is kept of lists without an end. */
export const limits = { texts: 20, textLength: 8000, tools: 50, notices: 20, lines: 500, failures: 50, files: 200, steps: 50 };

export const emptyView: ViewState = {
  seq: 0,
  run: null,
  stages: [],
  progress: null,
  plan: null,
  ballot: null,
  earlier: [],
  standings: [],
  overruled: null,
  checklist: [],
  texts: [],
  tools: [],
  patch: null,
  tests: null,
  notices: [],
  commit: null,
  usage: null,
  report: null,
};

type OfTests = Extract<RunEvent, { kind: 'tests_started' | 'tests_output' }>;

/** @param output the last lines with those of the event */
export function testsAfter(view: ViewState, event: OfTests, output: Lines): TestsView {
  const running =
    event.kind === 'tests_started' ? { attempt: event.attempt, command: plain(event.command) } : (view.tests?.running ?? null);
  return { ...(view.tests ?? noTests), running, output: joined(output), dropped: output.dropped };
}

const noTests: TestsView = { before: null, after: null, running: null, output: '', dropped: 0 };

export function drawnAfter(view: ViewState, { at, runId, event }: EventEnvelope): Partial<ViewState> {
  const checklist = nextItems(view.checklist, event);
  switch (event.kind) {
    case 'run_started': {
      const { task, level, model } = event;
      return { run: { runId, task: plain(task), level, model, startedAt: at, end: null, settled: false } };
    }
    case 'stage_started':
      return { progress: null, stages: stageStarted(view.stages, event.stage, event.attempt, at) };
    case 'stage_finished':
      return { progress: null, checklist, stages: stageFinished(view.stages, event.stage, event.outcome, at) };
    case 'message_added':
    case 'thought_added':
      return { texts: spoken(view.texts, event.messageId, event.kind === 'thought_added', event.text) };
    case 'tool_started': {
      const started = { id: event.toolCallId, tool: event.tool, input: inWords(event.input), ok: null, summary: '' };
      return { tools: [...view.tools, started].slice(-limits.tools) };
    }
    case 'tool_finished': {
      const { toolCallId, ok, summary } = event;
      return { tools: view.tools.map((tool) => (tool.id === toolCallId ? { ...tool, ok, summary: tail(plain(summary), 300) } : tool)) };
    }
    case 'model_progressed': {
      const { purpose, phase, fraction, estimated } = event;
      return { progress: { purpose, phase, fraction: fraction ?? null, estimated } };
    }
    case 'plan_proposed':
      return { plan: { steps: event.steps.slice(0, limits.steps).map(plain), files: event.files.slice(0, limits.files) } };
    case 'consilium_opened':
      return {
        ballot: { round: event.round, roles: event.roles, seats: event.seats ?? [], votes: [], tally: null },
        earlier: view.ballot && view.ballot.round !== event.round ? [...view.earlier, view.ballot].slice(-3) : view.earlier,
      };
    case 'vote_cast': {
      const ballot = view.ballot ?? { round: event.round, roles: [], seats: [], votes: [], tally: null };
      const others = ballot.votes.filter((vote) => vote.role !== event.vote.role);
      return { ballot: { ...ballot, votes: [...others, event.vote] } };
    }
    case 'votes_tallied': {
      const { verdict, vetoedBy, counts, rule } = event;
      const ballot = view.ballot ?? { round: event.round, roles: [], seats: [], votes: [], tally: null };
      return { checklist, ballot: { ...ballot, tally: { verdict, counts, rule, ...(vetoedBy && { vetoedBy }) } } };
    }
    case 'overruled':
      return { overruled: { accepted: event.accepted } };
    case 'track_record_updated': {
      const { standing } = event;
      const others = view.standings.filter((one) => one.role !== standing.role || one.model !== standing.model);
      return { standings: [...others, standing] };
    }
    case 'patch_proposed': {
      const files = event.files.slice(0, limits.files).map(({ path, change, added, removed }) => ({ path, change, added, removed }));
      return { patch: { patchId: event.patchId, attempt: event.attempt, state: 'proposed', files, refused: [], reason: '' } };
    }
    case 'patch_applied':
      return {
        checklist,
        patch: { ...patchOf(view, event.patchId), state: 'applied', files: event.files.slice(0, limits.files).map(short) },
      };
    case 'patch_failed':
      return { patch: { ...patchOf(view, event.patchId), state: 'refused', refused: event.files.slice(0, limits.files) } };
    case 'rolled_back':
      return {
        checklist,
        patch: { ...patchOf(view, view.patch?.patchId ?? ''), state: 'rolled_back', reason: plain(event.reason) },
        // Behind the end of a run it is what the user decided about its files.
        run: view.run && { ...view.run, settled: view.run.end !== null },
      };
    case 'tests_finished': {
      const result = { ...event.result, failures: event.result.failures.slice(0, limits.failures).map((one) => plain(one).slice(0, 500)) };
      const side = event.attempt === 0 ? 'before' : 'after';
      return { checklist, tests: { ...(view.tests ?? noTests), running: null, [side]: result } };
    }
    case 'committed':
      return { commit: { sha: event.sha, message: plain(event.message) } };
    case 'usage_counted':
      return { usage: { used: event.used, size: event.size, total: event.total } };
    case 'notice_raised': {
      const { severity, title, description } = event;
      return { notices: [...view.notices, { severity, title: plain(title), description: plain(description) }].slice(-limits.notices) };
    }
    case 'report_written':
      return { report: event.report };
    case 'run_finished': {
      const { stop, message } = event;
      const milliseconds = between(view.run?.startedAt ?? at, at);
      const run = view.run ?? { runId, task: '', level: 0, model: '', startedAt: at, settled: false };
      return {
        progress: null,
        stages: view.stages.map((stage) => (stage.state === 'running' ? ended(stage, 'skipped', at) : stage)),
        tests: view.tests && { ...view.tests, running: null },
        run: { ...run, end: { stop, message: plain(message), at, milliseconds } },
      };
    }
    // Questions and hunks are drawn from elsewhere, the output of tests by testsAfter.
    case 'permission_asked':
    case 'permission_answered':
    case 'hunks_decided':
    case 'snapshot_taken':
    case 'tests_started':
    case 'tests_output':
      return {};
    default:
      // A newer sidecar may know more; what is not understood is not drawn.
      event satisfies never;
      return {};
  }
}

function stageStarted(stages: readonly StageView[], name: Stage, attempt: number, at: string): readonly StageView[] {
  const known = stages.find((stage) => stage.name === name);
  const started: StageView = { name, attempt, state: 'running', since: at, milliseconds: known?.milliseconds ?? 0 };
  return known ? stages.map((stage) => (stage === known ? started : stage)) : [...stages, started];
}

const stageFinished = (stages: readonly StageView[], name: Stage, outcome: StageOutcome, at: string): readonly StageView[] =>
  stages.map((stage) => (stage.name === name && stage.state === 'running' ? ended(stage, outcome, at) : stage));

const ended = (stage: StageView, state: StageOutcome, at: string): StageView => ({
  ...stage,
  state,
  milliseconds: stage.milliseconds + between(stage.since, at),
});

const between = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from)) || 0;

function spoken(texts: readonly SpokenText[], id: string, thought: boolean, piece: string): readonly SpokenText[] {
  const known = texts.find((text) => text.id === id);
  if (!known) {
    return [...texts, { id, thought, text: tail(plain(piece), limits.textLength) }].slice(-limits.texts);
  }
  const grown = { ...known, text: tail(known.text + plain(piece), limits.textLength) };
  return texts.map((text) => (text === known ? grown : text));
}

/** A tool's input in one line: its values, since the names say little. */
function inWords(input: unknown): string {
  const values = typeof input === 'object' && input !== null ? Object.values(input) : [input];
  const words = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return plain(words.join(' ')).replace(/\s+/g, ' ').slice(0, 200);
}

const patchOf = (view: ViewState, patchId: string): PatchView =>
  view.patch ?? { patchId, attempt: 1, state: 'proposed', files: [], refused: [], reason: '' };

const short = ({ path, change, added, removed }: AppliedFile): PatchView['files'][number] => ({ path, change, added, removed });
