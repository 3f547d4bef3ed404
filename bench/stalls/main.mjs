// An extension of its own, beside ours in the same host: how long the host's loop was held up, every 50 ms a line. For bench/editor.mjs only.
import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolution = 5;

export function activate() {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  setInterval(() => {
    const { rss, heapUsed } = process.memoryUsage();
    const line = { at: Date.now(), most: Math.max(0, delay.max / 1e6 - resolution), rss, heap: heapUsed };
    appendFileSync(process.env.CODEX_SIDECAR_STALLS, `${JSON.stringify(line)}\n`);
    delay.reset();
  }, 50);
}
