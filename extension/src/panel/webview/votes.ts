import { html, nothing } from 'lit';
import type { Objection, Role, Verdict, Vote } from '../../generated/contracts';
import type { Ballot } from '../state';
import {
  count,
  duration,
  fileButton,
  fill,
  icon,
  more,
  phrase,
  section,
  verdictMarks,
  word,
  type Drawing,
  type Drawn,
  type Mark,
} from './drawing';

const verdicts: readonly Verdict[] = ['approve', 'revise', 'reject', 'abstain'];

/** The six roles, each alone; then what their votes come to. */
export function drawVotes(d: Drawing): Drawn {
  const { ballot, earlier, patch } = d.state.view;
  if (!ballot) {
    return nothing;
  }
  const round = ballot.round > 1 ? fill(d.words.round, ballot.round) : '';
  const verdict = ballot.tally ? drawVerdict(d, ballot.tally.verdict) : `${ballot.votes.length} / ${ballot.roles.length}`;
  const cards = html`<ol class="votes" aria-label=${d.words.votes}>
    ${ballot.roles.map((role) => drawCard(d, ballot, role))}
  </ol>`;
  // Once there is a patch to look at, the cards make room for it.
  const content = html`${earlier.map((one) => drawEarlier(d, one))} ${drawTally(d, ballot)}
  ${ballot.tally ? more(d, `votes-${ballot.round}`, d.words.votes, () => cards, !patch) : cards}`;
  return section(d, 'consilium', d.words.stage_consilium, html`<span class="quiet">${round}</span> ${verdict}`, content);
}

function drawVerdict(d: Drawing, verdict: Verdict): Drawn {
  const mark = verdictMarks[verdict];
  return html`<span class="verdict ${mark?.tone}">${icon(mark?.icon ?? '', mark?.tone)}${word(d, `verdict_${verdict}`)}</span>`;
}

function drawCard(d: Drawing, ballot: Ballot, role: Role): Drawn {
  const vote = ballot.votes.find((one) => one.role === role);
  const waiting = ballot.tally || d.state.view.run?.end ? d.words.voteNone : d.words.voteWaiting;
  return html`<li class="card ${vote?.verdict ?? 'waiting'}" data-testid="vote-${role}">
    <div class="card-head">
      <h3>${word(d, `role_${role}`)}</h3>
      <span class="duty quiet">${word(d, `duty_${role}`)}</span>
      ${vote ? drawVerdict(d, vote.verdict) : html`<span class="verdict quiet">${icon('ellipsis')}${waiting}</span>`}
    </div>
    ${vote ? drawVote(d, vote) : nothing}
  </li>`;
}

function drawVote(d: Drawing, vote: Vote): Drawn {
  const facts = [
    vote.model ?? '',
    vote.milliseconds >= 50 ? duration(d, vote.milliseconds) : '',
    vote.tokens > 0 ? fill(d.words.tokens, count(d, vote.tokens)) : '',
  ];
  return html`${vote.decision === '' ? nothing : html`<p class="decision">${vote.decision}</p>`} ${drawConfidence(d, vote.confidence)}
  ${vote.state === 'valid' ? nothing : html`<p class="row careful">${icon('info')}${word(d, `vote_${vote.state}`)}</p>`}
  ${drawList(
    d.words.risks,
    vote.risks.map((risk) => drawRisk(d, risk)),
  )}
  ${drawList(
    d.words.checks,
    vote.checks.map((check) => html`${icon('beaker', 'quiet')}<span>${check}</span>`),
  )}
  ${drawList(
    d.words.objections,
    (vote.objections ?? []).map((objection) => drawObjection(d, objection)),
  )}
  ${more(
    d,
    `vote-${vote.role}`,
    d.words.details,
    () =>
      html`${vote.reason === '' ? nothing : html`<p class="reason">${vote.reason}</p>`}
        <p class="facts quiet">${facts.filter((fact) => fact !== '').join(' · ')}</p>`,
  )}`;
}

const drawList = (title: string, items: readonly Drawn[]): Drawn =>
  items.length === 0
    ? nothing
    : html`<ul class="points" aria-label=${title}>
        ${items.map((item) => html`<li>${item}</li>`)}
      </ul>`;

function drawConfidence(d: Drawing, confidence: number | undefined): Drawn {
  if (confidence === undefined) {
    return html`<p class="confidence quiet">${d.words.confidenceNone}</p>`;
  }
  const dots = Array.from({ length: 10 }, (_, index) => html`<i class=${index < confidence ? 'on' : ''}></i>`);
  return html`<p class="confidence quiet">
    <span>${fill(d.words.confidence, confidence)}</span><span class="dots" aria-hidden="true">${dots}</span>
  </p>`;
}

const riskTones: Record<string, Mark['tone']> = { low: 'quiet', medium: 'careful', high: 'bad' };

/** A role writes `level | text`, if it keeps to the form. */
function drawRisk(d: Drawing, risk: string): Drawn {
  const [, level = '', text = risk] = /^\s*(low|medium|high)\s*\|\s*(.*)$/is.exec(risk) ?? [];
  const known = level.toLowerCase();
  return html`${icon('warning', riskTones[known] ?? 'quiet')}<span
      >${known === '' ? nothing : html`<b class=${riskTones[known] ?? ''}>${word(d, `risk_${known}`)}:</b> `}${text}</span
    >`;
}

const objectionMarks: Record<Objection['state'], Mark> = {
  verified: { icon: 'verified-filled', tone: 'bad' },
  refuted: { icon: 'close', tone: 'quiet' },
  unverified: { icon: 'comment', tone: 'careful' },
};

function drawObjection(d: Drawing, { state, must, text, at, quote, evidence }: Objection): Drawn {
  const mark = objectionMarks[state];
  return html`${icon(mark.icon, mark.tone)}
    <div class="objection ${state}">
      <b class=${mark.tone}>${word(d, `objection_${state}`)}</b> <span class="quiet">${must ? d.words.must : d.words.should}</span>
      <span class="text">${text}</span>
      <div>${drawPlace(d, at)}</div>
      ${quote === '' ? nothing : html`<code class="quote">${quote}</code>`}
      ${evidence ? html`<div class="quiet">${evidence}</div>` : nothing}
    </div>`;
}

/** `plan:n` or `path:line`. */
function drawPlace(d: Drawing, at: string): Drawn {
  const [, path = at, number] = /^(.*):(\d+)$/.exec(at) ?? [];
  if (path === 'plan') {
    return html`<span class="quiet">${fill(d.words.planStep, number ?? '')}</span>`;
  }
  return number === undefined ? html`<span class="quiet">${at}</span>` : fileButton(d, path, Math.max(1, Number(number)));
}

function drawTally(d: Drawing, { tally, roles }: Ballot): Drawn {
  if (!tally) {
    return nothing;
  }
  const { counts, verdict, vetoedBy, rule } = tally;
  const parts = verdicts.filter((one) => counts[one] > 0);
  const open = Math.max(0, roles.length - verdicts.reduce((sum, one) => sum + counts[one], 0));
  const boxes = [...parts.flatMap((one) => Array<string>(counts[one]).fill(one)), ...Array<string>(open).fill('waiting')];
  return html`<div class="tally" data-testid="tally">
    <div class="bar" aria-hidden="true">${boxes.map((one) => html`<span class="box ${one}"></span>`)}</div>
    <p>
      <span class="quiet">${d.words.result}:</span> ${drawVerdict(d, verdict)}
      <span class="quiet">${parts.map((one) => `${word(d, `verdict_${one}`)} ${counts[one]}`).join(' · ')}</span>
    </p>
    ${vetoedBy ? html`<p class="bad"><b>${icon('shield')}${fill(d.words.vetoedBy, word(d, `role_${vetoedBy}`))}</b></p>` : nothing}
    <p class="quiet rule">${phrase(d, rule)}</p>
  </div>`;
}

const drawEarlier = (d: Drawing, { round, tally }: Ballot): Drawn =>
  html`<p class="earlier quiet">
    ${fill(d.words.earlierRound, round, tally ? `${word(d, `verdict_${tally.verdict}`)}; ${phrase(d, tally.rule)}` : d.words.voteNone)}
  </p>`;
