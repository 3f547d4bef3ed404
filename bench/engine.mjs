// npm run bench:search, bench:snapshot, bench:patch, bench:map: one part of the engine against rg or git, in one run, with ratios.
//   npm run bench:search -- 31      so many rounds (default 15)
import { join } from 'node:path';
import { must, root } from '../scripts/run.mjs';

const project = join(root, 'bench', 'Engine');
must('dotnet', ['build', project, '-c', 'Release', '-verbosity:quiet', '-nologo'], { stdio: ['ignore', 2, 2] });
must('dotnet', [join(project, 'bin', 'Release', 'net10.0', 'CodexSidecar.Bench.dll'), ...process.argv.slice(2)]);
