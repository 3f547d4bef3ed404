// The side panel's half in the webview: draws the state it is sent, says what the user wants. It keeps the draft, the scrolling and nothing else.
import { html, render } from 'lit';
import type { PanelChange, PanelState, ToHost, ToWebview } from '../types';
import { drawBanners, drawNotices } from './banners';
import { drawChanges } from './changes';
import { fill, word, type Drawing } from './drawing';
import { drawHead, drawOptions } from './head';
import { drawQuestion } from './question';
import { drawHistory, drawReport } from './report';
import { createSight } from './sight';
import { drawPlan, drawStages } from './stages';
import { drawEmpty, drawTask } from './task';
import { drawTests } from './tests';
import { drawVotes } from './votes';

interface Kept {
  draft: string;
  scroll: number;
}

declare function acquireVsCodeApi(): {
  postMessage(message: ToHost): void;
  getState(): Partial<Kept> | undefined;
  setState(state: Kept): void;
};

const host = acquireVsCodeApi();
const kept: Kept = { draft: '', scroll: 0, ...host.getState() };
const folds = new Map<string, boolean>();
let drawing: Drawing | undefined;
let frame = 0;
const sight = createSight();
let clock: number | undefined;

const draw = () => {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    drawAll();
  });
};

function begin(message: Extract<ToWebview, { type: 'state' }>): void {
  drawing = {
    ...message,
    now: Date.now(),
    draft: kept.draft,
    act: (name, ...args) => {
      host.postMessage({ type: 'act', name, args } as ToHost);
      // A choice the extension does not take is put back.
      setTimeout(draw, 500);
    },
    isOpen: (id, otherwise) => folds.get(id) ?? otherwise,
    setOpen: (id, open) => {
      folds.set(id, open);
      draw();
    },
    setDraft,
  };
  if (!drawAll()) {
    scrollTo({ top: kept.scroll });
  }
}

function setDraft(text: string): void {
  kept.draft = text;
  host.setState(kept);
  if (drawing) {
    drawing.draft = text;
  }
  draw();
}

function merge(d: Drawing, { view, ...rest }: PanelChange): void {
  const before = d.state;
  d.state = { ...before, ...rest, view: { ...before.view, ...view } };
  const { run } = d.state.view;
  if (run && run.runId !== before.view.run?.runId) {
    folds.clear();
    // The draft has become the task.
    if (run.task.trim() === kept.draft.trim()) {
      setDraft('');
    }
  }
}

/** Whether something new came into sight by it. */
function drawAll(): boolean {
  if (!drawing) {
    return false;
  }
  const d = drawing;
  d.now = Date.now();
  render(
    html`<main>
        ${drawHead(d)} ${drawBanners(d)} ${drawOptions(d)} ${drawEmpty(d)} ${drawStages(d)} ${drawNotices(d)} ${drawPlan(d)} ${drawVotes(d)}
        ${drawQuestion(d)} ${drawChanges(d)} ${drawTests(d)} ${drawReport(d)} ${drawHistory(d)}
      </main>
      ${drawTask(d)}
      <div class="hidden" role="status">${spoken(d.state, d)}</div>
      <div class="hidden" role="alert">
        ${d.state.question ? `${word(d, `ask_${d.state.question.subject}`)} ${d.state.question.question}` : ''}
      </div>`,
    document.body,
  );
  tick(d.state);
  const brought = sight.bring(d.state);
  // The keyboard goes to the refusing answer, unless the user is writing.
  if (brought.question && document.hasFocus() && kept.draft === '') {
    focusRefusal();
  }
  return brought.question || brought.votes;
}

const focusRefusal = () => {
  document.querySelector<HTMLButtonElement>('[data-refuses]')?.focus();
};

/** What a screen reader is told as it happens: the stage, the result of the votes, the end. */
function spoken({ view }: PanelState, d: Drawing): string {
  if (view.run?.end) {
    return `${word(d, `stop_${view.run.end.stop}`)}. ${view.run.end.message}`;
  }
  const stage = view.stages.find((one) => one.state === 'running');
  const tally = view.ballot?.tally;
  const result = tally ? `${d.words.result}: ${word(d, `verdict_${tally.verdict}`)}` : '';
  return [stage ? fill('{0}', word(d, `stage_${stage.name}`)) : '', result].filter((text) => text !== '').join('. ');
}

/** Clocks run only while something does. */
function tick({ view }: PanelState): void {
  const running = view.run !== null && !view.run.end;
  if (running && clock === undefined) {
    clock = window.setInterval(draw, 1000);
  } else if (!running && clock !== undefined) {
    clearInterval(clock);
    clock = undefined;
  }
}

addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = event.data as ToWebview | undefined;
  switch (message?.type) {
    case 'state':
      begin(message);
      break;
    case 'change':
      if (drawing) {
        merge(drawing, message.change);
        draw();
      }
      break;
    case 'focus':
      document.querySelector<HTMLTextAreaElement>('#task')?.focus();
      break;
    case undefined:
  }
});

addEventListener('focus', () => {
  if (document.activeElement === document.body) {
    focusRefusal();
  }
});

addEventListener('scroll', () => {
  kept.scroll = scrollY;
  host.setState(kept);
});

host.postMessage({ type: 'ready' });
