import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { icon, type Drawing, type Drawn } from './drawing';

/** Teaches the first step to someone who has never run anything. */
export function drawEmpty(d: Drawing): Drawn {
  const { words } = d;
  if (d.state.view.run) {
    return nothing;
  }
  const steps = [
    ['organization', words.emptyPlan],
    ['diff', words.emptyReview],
    ['beaker', words.emptyTests],
    ['lock', words.emptyLocal],
  ] as const;
  return html`<div class="empty" data-testid="empty">
    <h1>${words.emptyTitle}</h1>
    <ul>
      ${steps.map(([glyph, text]) => html`<li>${icon(glyph, 'quiet')}<span>${text}</span></li>`)}
    </ul>
    <p class="quiet">${words.exampleLabel}</p>
    <div class="examples">
      ${[words.exampleTests, words.exampleDocs].map(
        (text) =>
          html`<button
            class="link"
            @click=${() => {
              d.setDraft(text);
              document.querySelector<HTMLTextAreaElement>('#task')?.focus();
            }}
          >
            ${text}
          </button>`,
      )}
    </div>
  </div>`;
}

/** Where the next task is written; always in reach. */
export function drawTask(d: Drawing): Drawn {
  const { words } = d;
  const { run } = d.state.view;
  const running = run !== null && !run.end;
  const ready = () => !running && d.state.sidecar.state !== 'none' && d.draft.trim() !== '';
  const send = () => {
    if (ready()) {
      d.act('solve', d.draft.trim());
    }
  };
  return html`<form
    class="task-box"
    @submit=${(event: Event) => {
      event.preventDefault();
      send();
    }}
  >
    <label class="hidden" for="task">${words.taskLabel}</label>
    <textarea
      id="task"
      data-testid="task"
      rows="2"
      maxlength="20000"
      placeholder=${words.taskPlaceholder}
      aria-describedby="task-keys"
      .value=${live(d.draft)}
      @input=${(event: Event) => {
        d.setDraft((event.target as HTMLTextAreaElement).value);
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
          event.preventDefault();
          send();
        }
      }}
    ></textarea>
    <div class="row">
      <span id="task-keys" class="quiet">${running ? words.busy : words.taskKeys}</span>
      <button type="submit" class="primary" data-testid="send" ?disabled=${!ready()}>${icon('send')}${words.solve}</button>
    </div>
  </form>`;
}
