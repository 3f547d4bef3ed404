import { html, nothing } from 'lit';
import type { PanelFile, PanelHunk } from '../types';
import { fileButton, fill, icon, lineCounts, section, word, type Drawing, type Drawn, type Mark } from './drawing';

const marks: Record<PanelHunk['state'], Mark> = {
  pending: { icon: 'circle-large', tone: 'quiet' },
  accepted: { icon: 'pass-filled', tone: 'good' },
  rejected: { icon: 'error', tone: 'bad' },
  edited: { icon: 'edit', tone: 'careful' },
  conflicted: { icon: 'warning', tone: 'bad' },
};

/** The proposed or written changes, file by file, hunk by hunk. */
export function drawChanges(d: Drawing): Drawn {
  const { files, facts } = d.state.review;
  const { patch } = d.state.view;
  if (files.length === 0) {
    return patch && (patch.state === 'refused' || patch.state === 'rolled_back') ? drawNotApplied(d) : nothing;
  }
  const hunks = files.flatMap((file) => file.hunks);
  const pending = hunks.filter((hunk) => hunk.state === 'pending');
  const content = html`${facts.refused ? html`<p class="careful">${icon('lock')}${facts.refused}</p>` : nothing}
    <ul class="changes">
      ${files.map((file) => drawFile(d, file))}
    </ul>
    ${
      pending.length > 1
        ? html`<div class="buttons">
            ${decision(d, d.words.acceptAll, pending, true)} ${decision(d, d.words.rejectAll, pending, false)}
          </div>`
        : nothing
    }
    ${facts.when === 'first' ? drawEnd(d, hunks) : html`<p class="quiet">${d.words.keptHint}</p>`}`;
  const decided = fill(d.words.decided, hunks.length - pending.length, hunks.length);
  return section(d, 'changes', d.words.changes, decided, content);
}

function drawFile(d: Drawing, file: PanelFile): Drawn {
  const { path, change, hunks } = file;
  const added = hunks.reduce((sum, hunk) => sum + hunk.added, 0);
  const removed = hunks.reduce((sum, hunk) => sum + hunk.removed, 0);
  const whole = d.state.review.facts.wholeFiles === true;
  return html`<li>
    <div class="row file-row">
      ${fileButton(d, path)} ${change === 'modified' ? nothing : html`<span class="badge">${word(d, `change_${change}`)}</span>`}
      ${lineCounts(added, removed)} ${whole || hunks.length > 1 ? pair(d, path, hunks) : nothing}
    </div>
    <ul class="hunks">
      ${hunks.map((hunk) => drawHunk(d, file, hunk, whole))}
    </ul>
  </li>`;
}

function drawHunk(d: Drawing, { path, change, hunks }: PanelFile, hunk: PanelHunk, whole: boolean): Drawn {
  const mark = marks[hunk.state];
  const single = hunks.length === 1 && change !== 'modified';
  const place = single ? d.words.wholeFile : fill(d.words.line, hunk.line);
  const open = hunk.state === 'pending' || hunk.state === 'edited' || d.state.review.facts.when === 'first';
  return html`<li class="hunk ${hunk.state}" data-testid="hunk-${hunk.hunkId}">
    <div class="row">
      ${icon(mark.icon, mark.tone)}
      <button
        class="link place"
        @click=${() => {
          d.act('openHunk', hunk.hunkId);
        }}
      >
        ${place}${hunk.header === '' ? nothing : html` <span class="quiet">${hunk.header}</span>`}
      </button>
      ${lineCounts(hunk.added, hunk.removed)}
      <span class=${hunk.state === 'pending' ? 'hidden' : `state ${mark.tone}`}>${word(d, `hunk_${hunk.state}`)}</span>
      ${open && !whole && hunk.state !== 'conflicted' ? pair(d, `${path}, ${place}`, [hunk]) : nothing}
    </div>
    ${hunk.note && hunk.state !== 'rejected' ? html`<p class="quiet note">${hunk.note}</p>` : nothing}
    ${hunk.state === 'rejected' && d.state.review.facts.when === 'first' ? drawReason(d, hunk) : nothing}
  </li>`;
}

const drawReason = (d: Drawing, hunk: PanelHunk): Drawn =>
  html`<input
    class="why"
    type="text"
    aria-label=${d.words.whyReject}
    placeholder=${d.words.whyReject}
    maxlength="500"
    .value=${hunk.note ?? ''}
    @change=${(event: Event) => {
      d.act('decide', [hunk.hunkId], false, (event.target as HTMLInputElement).value);
    }}
  />`;

/** Accept and Reject beside a hunk or a file; before the writing they are marks that can be changed. */
function pair(d: Drawing, of: string, hunks: readonly PanelHunk[]): Drawn {
  const all = (state: PanelHunk['state']) => hunks.length > 0 && hunks.every((hunk) => hunk.state === state);
  return html`<span class="pair">
    ${small(d, 'check', d.words.accept, fill(d.words.acceptOf, of), hunks, true, all('accepted'))}
    ${small(d, 'close', d.words.reject, fill(d.words.rejectOf, of), hunks, false, all('rejected'))}
  </span>`;
}

const ids = (hunks: readonly PanelHunk[]): string[] => hunks.map((hunk) => hunk.hunkId);

function small(
  d: Drawing,
  glyph: string,
  text: string,
  label: string,
  hunks: readonly PanelHunk[],
  accept: boolean,
  pressed: boolean,
): Drawn {
  const { refused, when } = d.state.review.facts;
  return html`<button
    class="small ${accept ? 'yes' : 'no'}"
    title=${label}
    aria-label=${label}
    aria-pressed=${when === 'first' ? String(pressed) : nothing}
    ?disabled=${accept && refused !== undefined}
    @click=${() => {
      d.act('decide', ids(hunks), accept);
    }}
  >
    ${icon(glyph)}<span class="text">${text}</span>
  </button>`;
}

const decision = (d: Drawing, text: string, hunks: readonly PanelHunk[], accept: boolean): Drawn =>
  html`<button
    data-testid=${accept ? 'accept-all' : 'reject-all'}
    ?disabled=${accept && d.state.review.facts.refused !== undefined}
    @click=${() => {
      d.act('decide', ids(hunks), accept);
    }}
  >
    ${text}
  </button>`;

function drawEnd(d: Drawing, hunks: readonly PanelHunk[]): Drawn {
  const accepted = hunks.filter((hunk) => hunk.state === 'accepted' || hunk.state === 'edited').length;
  return html`<div class="end">
    <p class="quiet" id="apply-hint">${fill(d.words.applyHint, hunks.length - accepted)}</p>
    <button
      class="primary wide"
      data-testid="apply"
      aria-describedby="apply-hint"
      ?disabled=${accepted > 0 && d.state.review.facts.refused !== undefined}
      @click=${() => {
        d.act('applyMarked');
      }}
    >
      ${accepted === 0 ? d.words.applyNone : fill(d.words.applyMarked, accepted, hunks.length)}
    </button>
  </div>`;
}

function drawNotApplied(d: Drawing): Drawn {
  const { patch } = d.state.view;
  if (!patch) {
    return nothing;
  }
  const content = html`<p>
      ${icon(patch.state === 'refused' ? 'error' : 'discard', 'bad')}<b>${word(d, `patch_${patch.state}`)}</b> ${patch.reason}
    </p>
    <ul class="plain">
      ${patch.refused.map((file) => html`<li>${fileButton(d, file.path)} <span class="quiet">${file.message}</span></li>`)}
    </ul>`;
  return section(d, 'changes', d.words.changes, '', content);
}
