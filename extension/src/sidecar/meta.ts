import type { EventEnvelope, PatchText } from '../generated/contracts';

/** The version of `_meta.codexSidecar` that this extension understands. */
export const wireVersion = 1;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Our part of a message's `_meta`, or undefined for none. */
export function extras(message: unknown): Record<string, unknown> | undefined {
  const meta = isRecord(message) ? message['_meta'] : undefined;
  const ours = isRecord(meta) ? meta['codexSidecar'] : undefined;
  return isRecord(ours) ? ours : undefined;
}

/** The event a message carries; another version than ours reads as none. */
export function envelopeOf(message: unknown): EventEnvelope | undefined {
  const found = extras(message);
  if (found?.['v'] !== wireVersion || typeof found['seq'] !== 'number' || !isRecord(found['event'])) {
    return undefined;
  }
  return {
    seq: found['seq'],
    at: typeof found['at'] === 'string' ? found['at'] : '',
    runId: typeof found['runId'] === 'string' ? found['runId'] : '',
    event: found['event'] as unknown as EventEnvelope['event'],
  };
}

/** The whole texts of a tool call's diffs. */
export function textsOf(update: unknown, relative: (path: string) => string): PatchText[] {
  const content = isRecord(update) ? update['content'] : undefined;
  if (!Array.isArray(content)) {
    return [];
  }
  return content.filter(isRecord).flatMap((item) => {
    if (item['type'] !== 'diff' || typeof item['path'] !== 'string') {
      return [];
    }
    const text: PatchText = { path: relative(item['path']) };
    if (typeof item['oldText'] === 'string') {
      text.oldText = item['oldText'];
    }
    // ACP has no word for a deleted file: it is sent as an empty new text, and the event says that it is deleted.
    if (typeof item['newText'] === 'string') {
      text.newText = item['newText'];
    }
    return [text];
  });
}
