/**
 * The sidecar sends a text of an old code page with one character per byte. It is given out as those bytes, so that the editor reads it with the same
 * code page as the file itself and the two sides of a diff are alike.
 * @param onDisk the file as it is now: only its bytes tell an old code page from UTF-8; undefined: there is none, so the text is given as UTF-8
 */
export function bytesOf(text: string, onDisk: Uint8Array | undefined): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  // eslint-disable-next-line no-control-regex
  const oneByteEach = /^[\u0000-\u00ff]*$/.test(text);
  return bytes.length === text.length || !oneByteEach || !onDisk || isUtf8(onDisk)
    ? bytes
    : Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
