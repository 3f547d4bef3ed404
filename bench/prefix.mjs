// What a server with a prefix cache need not read again, in bytes of the request as a template would lay it out.
const laidOut = ({ messages }) => Buffer.from(messages.map(({ role, content }) => `<${role}>\n${content}\n`).join(''));

function common(one, other) {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one[length] === other[length]) {
    length++;
  }
  return length;
}

/** For each request its bytes, and how many of them are the beginning of the request right before it (a server with one slot) and of any before it (many). */
export function prefixes(chats) {
  const all = chats.map(laidOut);
  return all.map((bytes, at) => ({
    bytes: bytes.length,
    ofLast: at === 0 ? 0 : common(bytes, all[at - 1]),
    ofAny: Math.max(0, ...all.slice(0, at).map((before) => common(bytes, before))),
  }));
}
