import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { duration, icon, phrase, word, type Drawing, type Drawn, type Mark } from './drawing';

/** The task, what has become of it, and the way to stop it. */
export function drawHead(d: Drawing): Drawn {
  const { run } = d.state.view;
  if (!run) {
    return nothing;
  }
  const running = !run.end;
  return html`<header class="head">
    <h1 class="task" title=${run.task}>${run.task}</h1>
    <div class="row">
      <p class="status" data-testid="status">${drawStatus(d)}</p>
      ${
        running
          ? html`<button
              data-testid="stop"
              class="stop"
              @click=${() => {
                d.act('stop');
              }}
            >
              ${icon('debug-stop')}${d.words.stop}
            </button>`
          : nothing
      }
    </div>
    ${run.end && run.end.stop !== 'model_unavailable' ? html`<p class="message">${run.end.message}</p>` : nothing}
  </header>`;
}

function drawStatus(d: Drawing): Drawn {
  const { run, stages } = d.state.view;
  if (!run) {
    return nothing;
  }
  if (run.end) {
    const mark = endMark(run.end.stop);
    return html`${icon(mark.icon, mark.tone)}<b class=${mark.tone}>${word(d, `stop_${run.end.stop}`)}</b>
      <span class="quiet">${duration(d, run.end.milliseconds)} · ${run.model}</span>`;
  }
  const stage = stages.find((one) => one.state === 'running');
  const elapsed = html`<span class="quiet">${duration(d, Math.max(0, d.now - Date.parse(run.startedAt)))} · ${run.model}</span>`;
  return d.state.question
    ? html`${icon('question', 'careful')}<b class="careful">${d.words.run_waits}</b> ${elapsed}`
    : html`${icon('loading', 'spin')}<b>${stage ? word(d, `stage_${stage.name}`) : d.words.state_running}</b> ${elapsed}`;
}

export function endMark(stop: string): Mark {
  switch (stop) {
    case 'done':
    case 'nothing_to_do':
      return { icon: 'pass-filled', tone: 'good' };
    case 'cancelled':
    case 'interrupted':
    case 'user_rejected':
      return { icon: 'circle-slash', tone: 'quiet' };
    default:
      return { icon: 'error', tone: 'bad' };
  }
}

/** The sidecar's options, whatever they are. What is shown is what holds: a choice stands once the sidecar has agreed. */
export function drawOptions(d: Drawing): Drawn {
  const selects = d.state.session.options.flatMap((option) => (option.type === 'select' ? [option] : []));
  if (selects.length === 0) {
    return nothing;
  }
  return html`<div class="options" role="group" aria-label=${d.words.options}>
    ${selects.map((option) => {
      const values = option.options.flatMap((one) => ('options' in one ? one.options : [one]));
      return html`<label
        ><span>${word(d, `option_${option.id}`, option.name)}</span>
        <select
          data-testid="option-${option.id}"
          ?disabled=${values.length < 2}
          @change=${(event: Event) => {
            d.act('setOption', option.id, (event.target as HTMLSelectElement).value);
          }}
        >
          ${values.map(
            (one) => html`<option value=${one.value} .selected=${live(one.value === option.currentValue)}>${phrase(d, one.name)}</option>`,
          )}
        </select></label
      >`;
    })}
  </div>`;
}
