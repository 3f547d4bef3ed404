import { html, nothing } from 'lit';
import { icon, phrase, word, type Drawing, type Drawn } from './drawing';

/** The one thing the run waits for. */
export function drawQuestion(d: Drawing): Drawn {
  const { question, session } = d.state;
  if (!question) {
    return nothing;
  }
  const { askId, subject, risk, reason, cwd } = question;
  const high = risk === 'high';
  const listed = subject === 'patch' && d.state.review.files.length > 0;
  const level = session.options.flatMap((option) => (option.id === 'level' && option.type === 'select' ? [option] : []))[0];
  const levelName = level?.options
    .flatMap((one) => ('options' in one ? one.options : [one]))
    .find((one) => one.value === level.currentValue);
  // "Always" is not for what is dangerous; choosing hunks is done in the list below.
  const options = question.options.filter((one) => one.optionId !== 'hunks' && !(high && one.kind.endsWith('_always')));
  return html`<section class="question ${risk}" data-testid="question" aria-labelledby="question-title" aria-describedby="question-facts">
    <h2 id="question-title">${icon(high ? 'warning' : 'question', high ? 'bad' : 'careful')}${word(d, `ask_${subject}`)}</h2>
    ${listed ? nothing : html`<pre class="asked">${question.question}</pre>`}
    <dl id="question-facts">
      ${fact(d.words.risk, html`<b class=${high ? 'bad' : ''}>${word(d, `risk_${risk}`)}</b>`)}
      ${reason === '' ? nothing : fact(d.words.ask_why, phrase(d, reason))}
      ${cwd ? fact(d.words.ask_in, html`<code>${cwd}</code>`) : nothing}
      ${levelName ? fact(d.words.option_level, phrase(d, levelName.name)) : nothing}
    </dl>
    ${listed ? html`<p class="quiet">${d.words.seeHunks}</p>` : nothing}
    <div class="buttons">
      ${options.map((one) => {
        const refuses = one.kind.startsWith('reject');
        return html`<button
          class=${refuses === high ? 'primary' : ''}
          data-testid="answer-${one.optionId}"
          data-refuses=${refuses ? '' : nothing}
          @click=${() => {
            d.act('answer', askId, one.optionId);
          }}
        >
          ${phrase(d, one.name)}
        </button>`;
      })}
    </div>
  </section>`;
}

const fact = (name: string, value: unknown): Drawn =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
