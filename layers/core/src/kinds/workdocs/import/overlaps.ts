import type { Entry } from 'yauzl';
import type { DirectoryPlace } from './import-messages.ts';

/** Bytes of a local header without its name. */
const LOCAL_HEADER_BYTES = 30;

type Before = Pick<DirectoryPlace, 'packed' | 'start' | 'end'>;
type Packed = Pick<Entry, 'compressedSize' | 'relativeOffsetOfLocalHeader' | 'fileNameLength'>;

export const NOTHING_BEFORE: Before = { packed: 0, start: 0, end: 0 };

/**
 * Tells entries that share bytes with others, by which a small zip can hold any amount. Two signs, both in constant memory:
 * an entry begins inside the one before it in the directory, or all entries so far take more than the file has. The second
 * one catches those that are listed in another order.
 * Source: D. Fifield, "A better zip bomb", USENIX WOOT 2019.
 */
export function followEntry(
  entry: Packed,
  before: Before,
  size: number,
): { readonly overlap: boolean; readonly place: Before } {
  const start = entry.relativeOffsetOfLocalHeader;
  const taken = LOCAL_HEADER_BYTES + entry.fileNameLength + entry.compressedSize;
  const packed = Math.min(before.packed + taken, Number.MAX_SAFE_INTEGER);
  const inside = start >= before.start && start < before.end;
  const overlap = inside || packed > size;
  const end = Math.min(start + taken, Number.MAX_SAFE_INTEGER);
  // What was refused takes nothing: an absurd one would have all that follow refused.
  return { overlap, place: overlap ? before : { packed, start, end } };
}
