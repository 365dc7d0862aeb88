import { keyBytes, MAX_KEY_BYTES } from './byte-order.ts';

const BEFORE_SURROGATES = 0xd7ff;
const AFTER_SURROGATES = 0xe000;
/** The last that XML may hold. */
const LAST_CHARACTER = 0x10fffd;
/** How many places of a source are remembered. */
const PLACES = 4;

/**
 * The place that a key belongs to: one of a few, by its folder, so that the busiest folder does not push the others out.
 * A field of the source's row, not a name from outside.
 */
export function placeOf(key: string): string {
  let hash = 0;
  for (const char of folderOf(key)) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 65_521;
  return String(hash % PLACES);
}

/** What of a key is before its last slash, with it; empty for a key without one. */
export function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}

/**
 * A key to list after, so that the listing begins with this one: next to nothing lies between the two.
 * In UTF-8 order; S3 takes no longer key than its longest, and a shorter one lies further before.
 */
export function justBefore(key: string): string {
  const chars = [...key];
  const last = chars.pop()?.codePointAt(0);
  const shorter = chars.join('');
  if (last === undefined || last === 0) return shorter;
  const before = last === AFTER_SURROGATES ? BEFORE_SURROGATES : last - 1;
  const close = shorter + String.fromCodePoint(before, LAST_CHARACTER);
  return keyBytes(close) <= MAX_KEY_BYTES ? close : shorter;
}
