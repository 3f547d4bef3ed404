// npm run lint: is the C# formatted as .editorconfig says, and do the scripts parse? npm run format repairs the first.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { must, root } from './run.mjs';

const fix = process.argv.includes('--fix');
for (const script of ['scripts', 'bench'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name))).filter((name) => name.endsWith('.mjs'))) {
  must(process.execPath, ['--check', script]);
}
must('dotnet', ['restore', 'CodexSidecar.sln', '-verbosity:quiet', '-nologo']);
must('dotnet', ['format', 'CodexSidecar.sln', '--no-restore', '--severity', 'warn', ...(fix ? [] : ['--verify-no-changes'])]);
