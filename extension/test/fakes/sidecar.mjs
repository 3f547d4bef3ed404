#!/usr/bin/env node
// Plays the sidecar for the unit tests of the whole extension: every prompt is a run whose events follow from the task's words.
import { createInterface } from 'node:readline';

const events = [];
let runs = 0;
let questions = 0;
const answers = new Map();

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const metaOf = (envelope) => ({ _meta: { codexSidecar: { v: 1, ...envelope } } });
const tell = (envelope, content = []) =>
  send({
    method: 'session/update',
    params: { sessionId: 's1', update: { sessionUpdate: 'session_info_update', content, ...metaOf(envelope) } },
  });

function happens(runId, event, content) {
  const envelope = { seq: events.length + 1, at: '2026-01-01T00:00:00Z', runId, event };
  events.push(envelope);
  if (event.kind !== 'permission_asked') {
    tell(envelope, content);
  }
  return envelope;
}

function ask(runId) {
  const id = `ask-${++questions}`;
  const event = { kind: 'permission_asked', askId: id, subject: 'command', risk: 'low', question: 'ls', reason: 'unknown' };
  const options = [{ optionId: 'once', name: 'Run once', kind: 'allow_once' }];
  send({ id, method: 'session/request_permission', params: { sessionId: 's1', options, ...metaOf(happens(runId, event)) } });
  return new Promise((resolve) => answers.set(id, resolve));
}

async function run(task) {
  const runId = `r${++runs}`;
  happens(runId, { kind: 'run_started', task, level: 2, model: 'm' });
  const noisy = Number(/noisy (\d+)/.exec(task)?.[1] ?? 0);
  happens(runId, { kind: 'tests_started', attempt: 0, command: task, sandbox: 'none' });
  for (let line = 0; line < noisy; line++) {
    happens(runId, { kind: 'tests_output', attempt: 0, text: `line ${line}\n` });
  }
  for (let asked = 0; task.includes('ask') && asked < 2; asked++) {
    await ask(runId);
    happens(runId, { kind: 'permission_answered', askId: `ask-${questions}`, allowed: true, by: 'user' });
  }
  happens(runId, { kind: 'report_written', path: `/reports/${runId}.md`, report: null });
  const { seq } = happens(runId, { kind: 'run_finished', stop: 'done', message: `end of ${task}` });
  return { stopReason: 'end_turn', ...metaOf({ runId, stop: 'done', lastSeq: seq }) };
}

function replay({ runId, afterSeq = 0 }) {
  const wanted = events.filter((one) => (runId ? one.runId === runId : one.seq > afterSeq));
  wanted.forEach((one) => tell(one));
  return { fromSeq: wanted[0]?.seq ?? 0, toSeq: wanted.at(-1)?.seq ?? 0, count: wanted.length };
}

const listed = () =>
  events
    .filter(({ event }) => event.kind === 'run_started')
    .map(({ runId, at, event }) => ({ runId, task: event.task, startedAt: at, finishedAt: at, stop: 'done', patchIds: [] }))
    .reverse();

const methods = {
  initialize: () => ({
    protocolVersion: 1,
    agentCapabilities: { _meta: { codexSidecar: { v: 1, methods: ['run/replay', 'run/list', 'snapshot/restore'] } } },
  }),
  'session/new': () => ({ sessionId: 's1', configOptions: [] }),
  'session/resume': () => ({ configOptions: [] }),
  'session/prompt': ({ prompt }) => run(prompt[0].text),
  '_codexSidecar/run/replay': replay,
  '_codexSidecar/run/list': () => ({ runs: listed() }),
};

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === undefined) {
    answers.get(id)?.();
  } else if (id !== undefined) {
    send({ id, result: (await methods[method]?.(params)) ?? {} });
  }
});
