import { html, nothing } from 'lit';
import { icon, word, type Drawing, type Drawn } from './drawing';

type Plain = 'restart' | 'doctor' | 'trust' | 'rollBack';

const button = (d: Drawing, name: Plain, text: string, primary = false): Drawn =>
  html`<button
    class=${primary ? 'primary' : ''}
    @click=${() => {
      d.act(name);
    }}
  >
    ${text}
  </button>`;

/** What stands in the way of work, and the way out of it. */
export function drawBanners(d: Drawing): Drawn {
  const { session, sidecar, view } = d.state;
  const { end, settled, task } = view.run ?? { end: null, settled: true, task: '' };
  return html`${
    session.trusted
      ? nothing
      : html`<div class="banner careful-edge" data-testid="restricted">
          <p>${icon('shield', 'careful')}${d.words.restricted}</p>
          <div class="buttons">${button(d, 'trust', d.words.trust)}</div>
        </div>`
  }
  ${
    sidecar.state === 'starting'
      ? html`<p class="banner" data-testid="starting">
          ${icon('loading', 'spin')}${d.words.starting} <span class="quiet">${sidecar.detail}</span>
        </p>`
      : nothing
  }
  ${
    sidecar.state === 'none'
      ? html`<div class="banner bad-edge" data-testid="no-sidecar">
          <h2>${icon('error', 'bad')}${d.words.noSidecar}</h2>
          ${detail(sidecar.detail)}
          <div class="buttons">${button(d, 'restart', d.words.restart, true)} ${button(d, 'doctor', d.words.doctor)}</div>
        </div>`
      : nothing
  }
  ${
    end?.stop === 'model_unavailable'
      ? html`<div class="banner bad-edge" data-testid="no-model">
          <h2>${icon('debug-disconnect', 'bad')}${d.words.noModel}</h2>
          ${detail(end.message)}
          <p>${d.words.noModelHelp}</p>
          <div class="buttons">${again(d, task)} ${button(d, 'doctor', d.words.doctor)}</div>
        </div>`
      : nothing
  }
  ${
    end?.stop === 'interrupted' && !settled
      ? html`<div class="banner careful-edge" data-testid="interrupted">
          <p>${icon('debug-pause', 'careful')}${d.words.interrupted}</p>
          <div class="buttons">${button(d, 'rollBack', d.words.rollBack, true)}</div>
        </div>`
      : nothing
  }
  ${end && (end.stop === 'cancelled' || end.stop === 'interrupted') ? html`<div class="buttons">${again(d, task)}</div>` : nothing}`;
}

const detail = (text: string): Drawn => (text === '' ? nothing : html`<pre class="detail">${text}</pre>`);

const again = (d: Drawing, task: string): Drawn =>
  html`<button
    class="primary"
    data-testid="again"
    ?disabled=${d.state.sidecar.state !== 'ready'}
    @click=${() => {
      d.act('solve', task);
    }}
  >
    ${d.words.solveAgain}
  </button>`;

/** What the sidecar wants known, the newest last. */
export function drawNotices(d: Drawing): Drawn {
  const { notices } = d.state.view;
  const icons = { info: 'info', warning: 'warning', error: 'error' };
  const tones = { info: 'quiet', warning: 'careful', error: 'bad' };
  return notices.length === 0
    ? nothing
    : html`<ul class="notices" aria-label=${d.words.notices}>
        ${notices.map(
          (one) =>
            html`<li>
              ${icon(icons[one.severity], tones[one.severity])}
              <div>
                <span class="hidden">${word(d, `severity_${one.severity}`)}: </span><b>${one.title}</b>
                <span class="quiet">${one.description}</span>
              </div>
            </li>`,
        )}
      </ul>`;
}
