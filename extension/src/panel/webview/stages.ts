import { html, nothing } from 'lit';
import type { Stage } from '../../generated/contracts';
import type { StageView } from '../state';
import { duration, fileButton, fill, icon, more, section, word, type Drawing, type Drawn, type Mark } from './drawing';

const order: readonly Stage[] = ['analysis', 'plan', 'consilium', 'patch', 'tests', 'report', 'commit'];

const marks: Record<StageView['state'] | 'waiting', Mark> = {
  waiting: { icon: 'circle-large', tone: 'quiet' },
  running: { icon: 'loading', tone: '' },
  ok: { icon: 'pass', tone: 'good' },
  failed: { icon: 'error', tone: 'bad' },
  skipped: { icon: 'circle-slash', tone: 'quiet' },
};

export function drawStages(d: Drawing): Drawn {
  const { run, stages, texts, tools } = d.state.view;
  if (!run) {
    return nothing;
  }
  const expected = run.end ? [] : order.filter((name) => (name !== 'tests' || run.level >= 2) && name !== 'commit');
  const rows = order.filter((name) => expected.includes(name) || stages.some((stage) => stage.name === name));
  const done = stages.filter((stage) => stage.state === 'ok').length;
  const content = html`<ol class="stages">
      ${rows.map((name) => drawStage(d, name))}
    </ol>
    ${tools.length > 0 ? more(d, 'tools', `${d.words.actions}: ${tools.length}`, () => drawTools(d)) : nothing}
    ${texts.length > 0 ? more(d, 'texts', d.words.modelOutput, () => drawTexts(d), speaks(d)) : nothing}`;
  return section(d, 'stages', d.words.stages, `${done} / ${rows.length}`, content, !run.end || run.end.stop !== 'done');
}

function drawStage(d: Drawing, name: Stage): Drawn {
  const stage = d.state.view.stages.find((one) => one.name === name);
  const state = stage?.state ?? 'waiting';
  const mark = marks[state];
  const running = state === 'running';
  const time = stage && stage.milliseconds + (running ? Math.max(0, d.now - Date.parse(stage.since)) : 0);
  return html`<li data-testid="stage-${name}" class="stage ${state}" aria-current=${running ? 'step' : nothing}>
    ${icon(mark.icon, running ? 'spin' : mark.tone)}
    <span class="name">${word(d, `stage_${name}`)}<span class="hidden">: ${word(d, `state_${state}`)}</span></span>
    ${stage && stage.attempt > 1 ? html`<span class="quiet">${fill(d.words.attempt, stage.attempt)}</span>` : nothing}
    ${time === undefined ? nothing : html`<span class="time">${duration(d, time)}</span>`} ${running ? drawProgress(d) : nothing}
  </li>`;
}

function drawProgress(d: Drawing): Drawn {
  const { progress, tests, tools } = d.state.view;
  if (tests?.running) {
    return html`<span class="doing quiet">${d.words.testsRunning}</span>`;
  }
  const tool = tools.at(-1);
  if (tool?.ok === null) {
    return html`<span class="doing quiet">${word(d, `tool_${tool.tool}`, tool.tool)} ${tool.input}</span>`;
  }
  if (!progress) {
    return nothing;
  }
  const text = word(d, `phase_${progress.phase}`);
  return html`<span class="doing quiet">
    ${
      progress.fraction === null
        ? html`<progress aria-label=${text}></progress>`
        : html`<progress aria-label=${text} max="1" .value=${progress.fraction}></progress>`
    }
    <span>${text}</span>
  </span>`;
}

const drawTools = (d: Drawing): Drawn =>
  html`<ul class="tools">
    ${d.state.view.tools.map(
      (tool) =>
        html`<li>
          ${icon(tool.ok === null ? 'loading' : tool.ok ? 'check' : 'error', tool.ok === false ? 'bad' : tool.ok ? 'quiet' : 'spin')}
          <span
            ><b>${word(d, `tool_${tool.tool}`, tool.tool)}</b> <code>${tool.input}</code> <span class="quiet">${tool.summary}</span></span
          >
        </li>`,
    )}
  </ul>`;

const drawTexts = (d: Drawing): Drawn =>
  html`<div class="texts" tabindex="0" role="group" aria-label=${d.words.modelOutput} data-testid="texts">
    <div>
      ${d.state.view.texts.map(
        (one) =>
          html`<p class=${one.thought ? 'thought' : ''}>
            ${one.thought ? html`<b>${d.words.thought}</b>` : nothing} <span class="said">${one.text.trim()}</span>
          </p>`,
      )}
    </div>
  </div>`;

/** The plan until the votes are counted, then the Director's checklist. */
export function drawPlan(d: Drawing): Drawn {
  const { plan, checklist } = d.state.view;
  const planPart = plan
    ? section(
        d,
        'plan',
        d.words.stage_plan,
        plan.steps.length,
        html`<ol class="steps">
            ${plan.steps.map((step) => html`<li>${step}</li>`)}
          </ol>
          ${
            plan.files.length > 0
              ? html`<p class="files"><span class="quiet">${d.words.files}:</span> ${plan.files.map((path) => fileButton(d, path))}</p>`
              : nothing
          }`,
        checklist.length === 0,
      )
    : nothing;
  return html`${planPart}${checklist.length > 0 ? drawChecklist(d) : nothing}`;
}

const itemMarks: Record<string, Mark> = {
  open: { icon: 'circle-large', tone: 'quiet' },
  done: { icon: 'pass-filled', tone: 'good' },
  failed: { icon: 'error', tone: 'bad' },
};

function drawChecklist(d: Drawing): Drawn {
  const { checklist } = d.state.view;
  const done = checklist.filter((item) => item.state === 'done').length;
  const content = html`<ol class="checklist">
    ${checklist.map((item) => {
      const mark = itemMarks[item.state];
      return html`<li class=${item.state} data-testid="item-${item.id}">
        ${icon(mark?.icon ?? '', mark?.tone)}
        <div>
          <span class="hidden">${word(d, `item_${item.state}`)}: </span>${item.text}
          ${item.files.length > 0 ? html`<div class="files">${item.files.map((path) => fileButton(d, path))}</div>` : nothing}
          ${item.check === '' ? nothing : html`<div class="quiet">${fill(d.words.checkedBy, item.check)}</div>`}
        </div>
      </li>`;
    })}
  </ol>`;
  return section(d, 'checklist', d.words.checklist, `${done} / ${checklist.length}`, content);
}

/** Votes have cards of their own; what waits for the user is not pushed down. */
const speaks = ({ state: { view, question } }: Drawing): boolean =>
  view.run !== null &&
  !view.run.end &&
  question === null &&
  !view.stages.some((stage) => stage.name === 'consilium' && stage.state === 'running');
