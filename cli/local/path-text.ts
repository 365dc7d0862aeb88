import { isUtf8 } from 'node:buffer';

// Half a surrogate pair stands for a byte that is no UTF-8. No path that a key gets has one: docs/restore-names.md.
const ESCAPED = 0xdc00;
const LONGEST_CHAR = 4;

/** A name, or a path, as text: every byte of it comes back, also of a name that is no UTF-8. */
export function pathText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = charAt(bytes, at);
    text +=
      length === 0
        ? String.fromCharCode(ESCAPED + (bytes[at] ?? 0))
        : bytes.toString('utf8', at, at + length);
    at += Math.max(1, length);
  }
  return text;
}

/** What a disk is asked for: text where that says it all, else the bytes that it stands for. */
export function pathOnDisk(text: string): string | Buffer {
  if (text.isWellFormed()) return text;
  const parts = Array.from(text, (char) =>
    char.isWellFormed() ? Buffer.from(char) : Buffer.of(char.charCodeAt(0) - ESCAPED),
  );
  return Buffer.concat(parts);
}

/** How many bytes the character has that begins there; 0 when none does. */
function charAt(bytes: Buffer, at: number): number {
  for (let length = 1; length <= LONGEST_CHAR && at + length <= bytes.length; length++) {
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  }
  return 0;
}
