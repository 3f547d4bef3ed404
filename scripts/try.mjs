// npm run try: builds the program if needed and solves a sample's task on a temporary copy. What follows -- is passed on.
import { spawn } from 'node:child_process';
import { build, program } from './build.mjs';

build();
// Ctrl+C reaches the whole terminal group; the program ends its run and we end with its exit code.
process.on('SIGINT', () => {});
const child = spawn(program, ['try', ...process.argv.slice(2)], { stdio: 'inherit' });
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
