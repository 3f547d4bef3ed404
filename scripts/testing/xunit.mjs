// Runs one of the xunit programs and tells what its tests do, one by one (its machine-readable output: one JSON message a line).
import { built } from '../build.mjs';
import { lines, start } from './child.mjs';

/**
 * @param {string} name Engine.Tests or Sidecar.Tests
 * @param {string[]} filters as xunit takes them: -namespace NAME, -class GLOB
 * @param {(happened: object) => void} tell
 * @returns {Promise<number | string>} the exit code, or why there is none
 */
export async function runXunit(name, filters, tell) {
  const child = start(built(`CodexSidecar.${name}`), ['-automated', 'async', ...filters]);
  const names = new Map();
  const unread = [];
  lines(child.stderr, (line) => unread.push(line));
  lines(child.stdout, (line) => {
    if (line.startsWith('{')) {
      read(JSON.parse(line), names, tell);
    } else {
      unread.push(line);
    }
  });
  const code = await child.ended;
  // 1 is for tests that failed, and those have told it themselves.
  if (code !== 0 && code !== 1) {
    tell({ did: 'failed', name: `${name} ended with ${code}`, detail: unread.slice(-50).join('\n') });
  }
  return code;
}

function read(message, names, tell) {
  const id = message.TestUniqueID;
  const told = { id, name: names.get(id), seconds: message.ExecutionTime };
  switch (message.$type) {
    case 'test-starting':
      names.set(id, message.TestDisplayName.replace(/^CodexSidecar\.\w+\.Tests\./, ''));
      tell({ did: 'started', id, name: names.get(id) });
      break;
    case 'test-passed':
      tell({ ...told, did: 'passed' });
      break;
    case 'test-skipped':
      tell({ ...told, did: 'skipped', reason: message.Reason });
      break;
    case 'test-not-run':
      tell({ ...told, did: 'left out' });
      break;
    case 'test-failed':
      tell({ ...told, did: 'failed', detail: failure(message) });
      break;
    default:
      if (message.$type === 'error' || message.$type.endsWith('-cleanup-failure')) {
        tell({ did: 'failed', name: message.$type, detail: failure(message) });
      }
  }
}

function failure({ ExceptionTypes = [], Messages = [], StackTraces = [] }) {
  return Messages.map((message, index) => `${ExceptionTypes[index]}: ${message}\n${StackTraces[index] ?? ''}`).join('\n');
}
