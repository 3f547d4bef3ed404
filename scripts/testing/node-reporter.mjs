// Node's test runner says what happens in one JSON line each, in the words of results.mjs.
import { basename, dirname } from 'node:path';

/** Of a file in tests/http: http; of a bundled test of the extension: extension. */
const suiteOf = ({ file = '' }) => (file.includes('extension-tests') ? 'extension' : basename(dirname(file)));
const named = (data) => ({ suite: suiteOf(data), name: `${basename(data.file ?? '').replace(/\.test\.(mjs|js)$/, '')}: ${data.name}` });
/** A file or a describe() is no test of its own. */
const isTest = (data) => data.details?.type !== 'suite' && data.name !== data.file;

function happened({ type, data }) {
  switch (type) {
    case 'test:dequeue':
      return isTest(data) && { did: 'started', ...named(data) };
    case 'test:pass': {
      const skipped = data.skip !== undefined && data.skip !== false;
      const reason = skipped ? String(data.skip) : undefined;
      return isTest(data) && { did: skipped ? 'skipped' : 'passed', ...named(data), seconds: data.details.duration_ms / 1000, reason };
    }
    case 'test:fail':
      // What failed inside of it has been told.
      return (
        data.details.error?.failureType !== 'subtestsFailed' && {
          did: 'failed',
          ...named(data),
          seconds: data.details.duration_ms / 1000,
          detail: told(data),
        }
      );
    case 'test:stderr':
      return process.stderr.write(data.message) && false;
    default:
      return false;
  }
}

function told({ details: { error } }) {
  const cause = error?.cause ?? error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

export default async function* tell(events) {
  for await (const event of events) {
    const line = happened(event);
    if (line) {
      yield `${JSON.stringify(line)}\n`;
    }
  }
}
