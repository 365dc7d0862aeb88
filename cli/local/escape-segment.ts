/**
 * One segment of a key as a file name that Linux, macOS and Windows all take, and back. What they refuse is written as
 * `%` and two upper-case hex digits for each byte; a `%` of the key itself only where it would be read as such.
 * docs/restore-names.md is the rule in words.
 */

/** No key's name has it: a `%` before `~` is escaped. What begins with it, Holdfast has put there. */
export const MARK = '%~';
const EMPTY = `${MARK}empty`;

// Control characters, what Windows forbids, half a character, `%` where it would be misread, a last dot or space.
const REFUSED = /[\p{Cc}\p{Cs}\\:*?"<>|]|%(?=[0-9A-F]{2}|~)|[. ]$/gu;
// Device names, whatever follows after a dot.
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/i;
const ESCAPES = /(?:%[0-9A-F]{2})+/g;

export function escapeSegment(segment: string): string {
  if (segment === '') return EMPTY;
  const escaped = segment.replace(REFUSED, (char) => hex(bytesOf(char)));
  return DEVICE.test(escaped) ? hex([escaped.charCodeAt(0)]) + escaped.slice(1) : escaped;
}

/** @param name without other marks than that of an empty segment */
export function unescapeSegment(name: string): string {
  if (name === EMPTY) return '';
  return name.replace(ESCAPES, (run) => textOf(Buffer.from(run.replaceAll('%', ''), 'hex')));
}

function hex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** UTF-8, and for half a surrogate pair, which UTF-8 has no bytes for, what its number would give. */
function bytesOf(char: string): Iterable<number> {
  if (char.isWellFormed()) return Buffer.from(char);
  const code = char.charCodeAt(0);
  return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
}

function textOf(bytes: Buffer): string {
  let text = '';
  let from = 0;
  for (let at = 0; at + 2 < bytes.length; at++) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    if (first !== 0xed || second < 0xa0) continue;
    const half = String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f));
    text += bytes.toString('utf8', from, at) + half;
    from = at + 3;
    at += 2;
  }
  return text + bytes.toString('utf8', from);
}
