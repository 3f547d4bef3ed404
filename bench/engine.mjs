// npm run bench:search, bench:snapshot, bench:patch, bench:map: one part of the engine against rg or git, in one run, with ratios.
//   npm run bench:search -- 31      so many rounds (default 15)
import { built, compile } from '../scripts/build.mjs';
import { must } from '../scripts/run.mjs';

compile('bench/Engine');
must(built('CodexSidecar.Bench'), process.argv.slice(2));
