// npm run lint: does the C# keep the rules of .editorconfig, Directory.Build.props and BannedSymbols.txt, is the TypeScript formatted and sound? npm run format repairs what can be repaired.
import { must, needPackages, root } from './run.mjs';

const fix = process.argv.includes('--fix');
const npx = (name, ...args) => must(process.execPath, [`${root}/node_modules/${name}`, ...args]);

needPackages();
npx('prettier/bin/prettier.cjs', fix ? '--write' : '--check', '--log-level', 'warn', '.');
// The layout of C# is CSharpier's, as that of TypeScript is prettier's; no rule of a compiler or an editor speaks of it too.
must('dotnet', ['tool', 'restore', '--verbosity', 'quiet']);
must('dotnet', ['csharpier', fix ? 'format' : 'check', '--log-level', 'Warning', '.']);
npx('typescript/bin/tsc', '-p', 'extension');
npx('typescript/bin/tsc', '-p', 'extension/src/panel/webview');
npx('eslint/bin/eslint.js', '--max-warnings', '0', ...(fix ? ['--fix'] : []), '.');
if (fix) {
  must('dotnet', ['restore', 'CodexSidecar.sln', '-verbosity:quiet', '-nologo']);
  must('dotnet', ['format', 'CodexSidecar.sln', '--no-restore', '--severity', 'warn']);
}
// The compiler is the judge of C#: "dotnet format" passes over what it cannot repair, such as a banned call. In a folder of its own,
// so that nothing counts as built that was never looked at.
const how = ['-property:RunAnalyzersDuringBuild=true', '--artifacts-path', 'out/lint', '-verbosity:quiet', '-nologo'];
must('dotnet', ['build', 'CodexSidecar.sln', ...how]);
