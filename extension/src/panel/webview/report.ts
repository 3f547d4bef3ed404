import { html, nothing } from 'lit';
import { count, fileButton, fill, icon, lineCounts, section, word, type Drawing, type Drawn } from './drawing';
import { endMark } from './head';

/** What was done, and the ways back. */
export function drawReport(d: Drawing): Drawn {
  const { run, report, patch, commit, usage } = d.state.view;
  if (!run?.end) {
    return nothing;
  }
  const mark = endMark(run.end.stop);
  const canUndo = patch?.state === 'applied';
  const content = html`${
      report
        ? html`<p class="summary">${report.summary}</p>
            <p class="quiet">${report.filesAfterwards}</p>`
        : nothing
    }
    ${
      report && report.files.length > 0
        ? html`<ul class="plain" aria-label=${d.words.changedFiles}>
            ${report.files.slice(0, 200).map((file) => html`<li class="row">${fileButton(d, file.path)}${lineCounts(file.added, file.removed)}</li>`)}
          </ul>`
        : nothing
    }
    ${commit ? html`<p>${icon('git-commit')}${d.words.commit} <code>${commit.sha.slice(0, 10)}</code> ${commit.message}</p>` : nothing}
    ${
      report && report.notes.length > 0
        ? html`<ul class="points" aria-label=${d.words.notes}>
            ${report.notes.map((note) => html`<li>${icon('note', 'quiet')}<span>${note}</span></li>`)}
          </ul>`
        : nothing
    }
    ${usage ? drawUsage(d) : nothing}
    <div class="buttons">
      ${report ? action(d, 'openReport', d.words.openReport, true) : nothing} ${canUndo ? action(d, 'undoRun', d.words.undoRun) : nothing}
      ${action(d, 'showAudit', d.words.audit)}
    </div>`;
  return section(
    d,
    'report',
    d.words.report,
    html`<span class="verdict ${mark.tone}">${icon(mark.icon)}${word(d, `stop_${run.end.stop}`)}</span>`,
    content,
  );
}

const action = (d: Drawing, name: 'openReport' | 'undoRun' | 'showAudit', text: string, primary = false): Drawn =>
  html`<button
    class=${primary ? 'primary' : ''}
    data-testid=${name}
    @click=${() => {
      d.act(name);
    }}
  >
    ${text}
  </button>`;

function drawUsage(d: Drawing): Drawn {
  const total = d.state.view.usage?.total;
  return total
    ? html`<p class="quiet">
        ${d.words.usage}:
        ${fill(d.words.usageLine, count(d, total.requests), count(d, total.promptTokens), count(d, total.cachedTokens), count(d, total.outputTokens))}
      </p>`
    : nothing;
}

/** The workspace's other runs, newest first. */
export function drawHistory(d: Drawing): Drawn {
  const runs = d.state.session.runs.filter((run) => run.runId !== d.state.view.run?.runId).slice(0, 50);
  if (runs.length === 0) {
    return nothing;
  }
  const content = html`<ul class="runs">
    ${runs.map((run) => {
      const mark = run.stop ? endMark(run.stop) : { icon: 'loading', tone: '' };
      const at = new Date(run.startedAt).toLocaleString(d.locale, { dateStyle: 'short', timeStyle: 'short' });
      return html`<li>
        ${icon(mark.icon, mark.tone)}
        <div>
          <button
            class="link"
            title=${run.task}
            aria-label=${fill(d.words.showOf, run.task)}
            @click=${() => {
              d.act('showRun', run.runId);
            }}
          >
            ${run.task}
          </button>
          <div class="quiet">${run.stop ? word(d, `stop_${run.stop}`) : d.words.state_running} · ${at}</div>
        </div>
        ${
          run.patchIds.length > 0 && run.finishedAt
            ? html`<button
                class="small"
                title=${d.words.undoRun}
                aria-label=${fill(d.words.undoOf, run.task)}
                @click=${() => {
                  d.act('undoRun', run.runId);
                }}
              >
                ${icon('discard')}
              </button>`
            : nothing
        }
      </li>`;
    })}
  </ul>`;
  return section(d, 'history', d.words.history, runs.length, content, false);
}
