import { html, nothing } from 'lit';
import type { TestResult } from '../../generated/contracts';
import { count, duration, fill, icon, more, section, word, type Drawing, type Drawn } from './drawing';

const tones: Record<TestResult['outcome'], string> = { passed: 'good', failed: 'bad', timed_out: 'bad', not_run: 'careful' };
const icons: Record<TestResult['outcome'], string> = {
  passed: 'pass-filled',
  failed: 'error',
  timed_out: 'watch',
  not_run: 'circle-slash',
};

/** The project's own tests, before and after the change. */
export function drawTests(d: Drawing): Drawn {
  const { tests } = d.state.view;
  if (!tests) {
    return nothing;
  }
  const { before, after, running, output, dropped } = tests;
  const last = after ?? before;
  const failures = last?.failures ?? [];
  const command = running?.command ?? last?.command ?? '';
  const content = html`${(before ?? after) ? drawTable(d, before, after) : nothing}
    ${running ? html`<p>${icon('loading', 'spin')}${d.words.testsRunning} <code>${running.command}</code></p>` : html`<p class="quiet"><code>${command}</code></p>`}
    ${
      failures.length > 0
        ? html`<h3>${d.words.failures}</h3>
            <ul class="points">
              ${failures.map((one) => html`<li>${icon('error', 'bad')}<span class="wrap">${one}</span></li>`)}
            </ul>`
        : nothing
    }
    ${
      output === ''
        ? nothing
        : more(
            d,
            'output',
            d.words.output,
            () =>
              html`${dropped > 0 ? html`<p class="quiet">${fill(d.words.outputCut, count(d, dropped))}</p>` : nothing}
                <pre class="output" tabindex="0" aria-label=${d.words.output}>${output}</pre>`,
          )
    }
    <div class="buttons">
      <button
        data-testid="open-output"
        @click=${() => {
          d.act('openTestOutput');
        }}
      >
        ${d.words.openOutput}
      </button>
    </div>`;
  const beside = running ? icon('loading', 'spin') : last ? drawOutcome(d, last) : nothing;
  return section(d, 'tests', d.words.tests, beside, content);
}

const drawOutcome = (d: Drawing, { outcome }: TestResult): Drawn =>
  html`<span class="verdict ${tones[outcome]}">${icon(icons[outcome])}${word(d, `outcome_${outcome}`)}</span>`;

function drawTable(d: Drawing, before: TestResult | null, after: TestResult | null): Drawn {
  const rows: [string, (result: TestResult) => unknown][] = [
    [d.words.outcome, (result) => drawOutcome(d, result)],
    [d.words.passed, (result) => number(d, result.passed)],
    [d.words.failed, (result) => number(d, result.failed, 'bad')],
    [d.words.skipped, (result) => number(d, result.skipped)],
    [d.words.time, (result) => duration(d, result.milliseconds)],
  ];
  const cell = (result: TestResult | null, draw: (result: TestResult) => unknown) => html`<td>${result ? draw(result) : '–'}</td>`;
  return html`<table>
    <thead>
      <tr>
        <td></td>
        <th scope="col">${d.words.before}</th>
        <th scope="col">${d.words.after}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([name, draw]) =>
          html`<tr>
            <th scope="row">${name}</th>
            ${cell(before, draw)}${cell(after, draw)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

const number = (d: Drawing, value: number | undefined, tone = ''): unknown =>
  value === undefined ? '–' : html`<span class=${value > 0 ? tone : ''}>${count(d, value)}</span>`;
