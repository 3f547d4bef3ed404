// What the suites did, whatever ran them: one place that counts, shows progress and closes with the line that CI reads.
// A skip is counted with its reason. In the gate (CODEX_SIDECAR_GATE=1) it is a failure unless tests/skips.json names its reason.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../run.mjs';

const inGate = process.env.CODEX_SIDECAR_GATE === '1';
/** In seconds: a test that takes longer is named while it runs, and after `hung` the whole run ends with its name. */
const [long, hung] = process.env.CODEX_SIDECAR_TESTS_LONG === '1' ? [300, 3600] : [60, 300];

export class Results {
  #started = performance.now();
  #said = performance.now();
  #running = new Map();
  #beat;
  #file;
  tests = [];
  faults = [];

  /** @param {string} file where all is written at the end; -: nowhere */
  constructor(file) {
    this.#file = file;
    this.#beat = setInterval(() => this.#tell(), 1000);
  }

  /** @param {string} suite @param {{ did: string, name: string, seconds?: number, reason?: string, detail?: string }} happened */
  take(suite, happened) {
    const key = `${suite} ${happened.id ?? happened.name}`;
    if (happened.did === 'started') {
      this.#running.set(key, { suite, name: happened.name, since: performance.now() });
      return;
    }
    this.#running.delete(key);
    if (!['passed', 'failed', 'skipped'].includes(happened.did)) {
      return;
    }
    this.tests.push({ suite, name: happened.name, outcome: happened.did, seconds: happened.seconds ?? 0, reason: happened.reason });
    if (happened.did === 'failed') {
      this.say(`FAILED ${suite}: ${happened.name}\n${indented(happened.detail ?? '')}`);
    }
  }

  /** A suite that ended in a way its tests do not tell of: it crashed, or found no test. */
  fault(suite, sentence) {
    this.faults.push({ suite, sentence });
    this.say(`FAILED ${suite}: ${sentence}`);
  }

  /**
   * Says how it went and gives the exit code.
   * @param {object} options suites: that ran; codes: exit codes of their programs; isFiltered: a suite may be without tests; slowest: how many are listed
   */
  close({ suites = [], codes = [], isFiltered = false, slowest = 20 } = {}) {
    clearInterval(this.#beat);
    for (const suite of suites) {
      const own = this.tests.filter((one) => one.suite === suite);
      if (own.length === 0 && !isFiltered) {
        this.fault(suite, 'no test was found');
      }
      console.log(`${suite}: ${counted(own)}`);
    }
    if (codes.some((code) => code !== 0) && !this.tests.some((one) => one.outcome === 'failed')) {
      this.fault('npm test', `a program ended with ${codes.join(', ')} although no test failed`);
    }
    const skipped = this.tests.filter((one) => one.outcome === 'skipped');
    const refused = inGate ? skipped.filter((one) => !mayBeSkipped(one.reason)) : [];
    this.#list(
      'The slowest tests',
      this.tests
        .toSorted((a, b) => b.seconds - a.seconds)
        .slice(0, slowest)
        .map((one) => `${one.seconds.toFixed(1).padStart(6)} s  ${one.suite}: ${one.name}`),
    );
    for (const [reason, tests] of grouped(skipped, (one) => one.reason)) {
      const where = [...grouped(tests, (one) => `${one.suite}: ${one.name.split(/[(:]/)[0]}`)];
      console.log(`skipped: ${reason}`);
      where.forEach(([name, all]) => console.log(`    ${name}${all.length > 1 ? ` (${all.length} cases)` : ''}`));
    }
    for (const one of refused) {
      console.log(`FAILED ${one.suite}: ${one.name}: was skipped in the gate: ${one.reason}`);
    }
    const count = (outcome) => this.tests.filter((one) => one.outcome === outcome).length;
    const [passed, failed] = [count('passed'), count('failed') + refused.length + this.faults.length];
    if (this.#file !== '-') {
      mkdirSync(dirname(this.#file), { recursive: true });
      writeFileSync(this.#file, JSON.stringify({ seconds: this.#seconds(), tests: this.tests, faults: this.faults }, null, 1));
      console.log(`Every test with its time: ${this.#file}`);
    }
    console.log(`${clock(this.#seconds())} in all.`);
    console.log(`${passed} passed, ${failed} failed, ${skipped.length - refused.length} skipped`);
    return failed > 0 || passed === 0 ? 1 : 0;
  }

  #list(title, lines) {
    if (lines.length > 0) {
      console.log(`${title}:\n${lines.join('\n')}`);
    }
  }

  #seconds() {
    return (performance.now() - this.#started) / 1000;
  }

  say(text) {
    this.#said = performance.now();
    console.log(text);
  }

  /** Something every few seconds, so that nobody wonders whether it still works. */
  #tell() {
    if (performance.now() - this.#said < 5000) {
      return;
    }
    const hanging = [...this.#running.values()].find((one) => performance.now() - one.since > hung * 1000);
    if (hanging) {
      this.fault(hanging.suite, `${hanging.name} has not ended after ${hung} s; nothing is waited for any more`);
      process.exit(this.close());
    }
    const old = [...this.#running.values()].filter((one) => performance.now() - one.since > long * 1000);
    const slow = old
      .map((one) => `; ${one.suite}: ${one.name} works for ${((performance.now() - one.since) / 1000).toFixed(0)} s`)
      .join('');
    this.say(`${clock(this.#seconds())}  ${counted(this.tests)}, ${this.#running.size} at work${slow}`);
  }
}

/** tests/skips.json: the reasons for which the gate itself may skip, each with why it cannot have the thing. */
function mayBeSkipped(reason) {
  const list = JSON.parse(readFileSync(join(root, 'tests', 'skips.json'), 'utf8'));
  return list.some((one) => one.reason === reason);
}

function grouped(tests, keyOf) {
  const groups = new Map();
  for (const one of tests) {
    groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  }
  return groups;
}

function counted(tests) {
  const count = (outcome) => tests.filter((one) => one.outcome === outcome).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
}

const indented = (text) => text.trimEnd().replace(/^/gm, '    ');
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
