// Loaded into the editor's processes by bench/editor.mjs: in the extension host, how long its loop was held up, every 200 ms a line.
import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

if (process.env.CODEX_SIDECAR_STALLS && process.argv.some((argument) => argument.includes('extensionHost'))) {
  const resolution = 5;
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  setInterval(() => {
    const { rss, heapUsed } = process.memoryUsage();
    appendFileSync(
      process.env.CODEX_SIDECAR_STALLS,
      `${JSON.stringify({ at: Date.now(), most: Math.max(0, delay.max / 1e6 - resolution), rss, heap: heapUsed })}\n`,
    );
    delay.reset();
  }, 200).unref();
}
