import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { createInterface } from 'node:readline';

export interface StartOptions {
  program: string;
  args: string[];
  /** Never the workspace: its folder would be locked on Windows, and what lies in it must not be loaded. */
  folder: string;
  environment: Record<string, string>;
  log: (line: string) => void;
}

export interface SidecarProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** How it ended: "exit code 3", "signal SIGKILL", or why it did not start. */
  readonly ended: Promise<string>;
  /** Asks politely first: stdin closes, then SIGTERM, then SIGKILL. */
  stop(): Promise<void>;
  kill(): void;
}

export async function startProcess(options: StartOptions): Promise<SidecarProcess> {
  try {
    return await launch(options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') {
      throw error;
    }
    await chmod(options.program, 0o755);
    return launch(options);
  }
}

async function launch({ program, args, folder, environment, log }: StartOptions): Promise<SidecarProcess> {
  const child = spawn(program, args, { cwd: folder, env: environment, shell: false, windowsHide: true, stdio: 'pipe' });
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}`);
    });
    child.once('error', (error) => {
      resolve(error.message);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  // A pipe that breaks when the program dies is no news: its end is.
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stderr }).on('line', log);
  return {
    child,
    ended,
    stop: async () => {
      child.stdin.end();
      if (!(await within(ended, 2000))) {
        child.kill('SIGTERM');
        if (!(await within(ended, 1000))) {
          child.kill('SIGKILL');
          await ended;
        }
      }
    },
    kill: () => child.kill('SIGKILL'),
  };
}

async function within(ended: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, milliseconds);
  });
  try {
    return await Promise.race([ended.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
