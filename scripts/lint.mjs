// npm run lint: is the C# formatted as .editorconfig says, is the TypeScript formatted and sound? npm run format repairs what can be repaired.
import { must, needPackages, root } from './run.mjs';

const fix = process.argv.includes('--fix');
const npx = (name, ...args) => must(process.execPath, [`${root}/node_modules/${name}`, ...args]);

needPackages();
npx('prettier/bin/prettier.cjs', fix ? '--write' : '--check', '--log-level', 'warn', '.');
npx('typescript/bin/tsc', '-p', 'extension');
npx('typescript/bin/tsc', '-p', 'extension/src/panel/webview');
npx('eslint/bin/eslint.js', '--max-warnings', '0', ...(fix ? ['--fix'] : []), '.');
must('dotnet', ['restore', 'CodexSidecar.sln', '-verbosity:quiet', '-nologo']);
must('dotnet', ['format', 'CodexSidecar.sln', '--no-restore', '--severity', 'warn', ...(fix ? [] : ['--verify-no-changes'])]);
