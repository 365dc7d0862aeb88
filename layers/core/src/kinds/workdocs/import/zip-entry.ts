import type { Entry } from 'yauzl';
import { defined } from '../../../model/defined.ts';
import { entryName, entryPath, type Refusal } from './entry-path.ts';
import type { DirectoryPlace } from './import-messages.ts';

/** An entry of a zip as its directory tells of it. */
export type ZipEntry = {
  /** Its number in the directory, from 0. */
  readonly index: number;
  /** Where the directory has it. */
  readonly place: DirectoryPlace;
  /** Its name as found. */
  readonly name: string;
  /** Empty where it has no path that could be kept. */
  readonly parts: readonly string[];
  readonly folder: boolean;
  /** When it was last changed, ms since 1970; absent when the zip does not say. */
  readonly at?: number;
  /** Bytes, as it says. */
  readonly size: number;
  readonly packed: number;
  readonly crc32: number;
  /** Where its local header begins. */
  readonly offset: number;
  /** Why it is not read. */
  readonly refusal?: Refusal;
  readonly entry: Entry;
};

/**
 * An entry that unpacks to more than so many times its packed size, and to more than so many bytes, is taken for a bomb. Deflate
 * packs no better than 1 : 1032, and only what is one byte over and over comes near.
 * Source: zlib's "Technical Details", "Maximum Compression Factor".
 */
export const BOMB_RATIO = 1_000;
export const BOMB_BYTES = 100 * 1024 * 1024;
/** S3 keeps no larger object, and no such size can be counted with. */
const MAX_BYTES = 50 * 1024 ** 4;

/** @param overlap it shares bytes with entries before it */
export function readEntry(entry: Entry, place: DirectoryPlace, overlap: boolean): ZipEntry {
  const name = entryName(entry);
  const path = entryPath(name, entry.fileNameLength);
  const { parts, folder } = 'refusal' in path ? { parts: [], folder: false } : path;
  const refusal = 'refusal' in path ? path.refusal : whyNot(entry, folder, overlap);
  return {
    index: place.index,
    place,
    name: name.slice(0, 1_024),
    parts,
    folder,
    ...defined({ at: momentOf(entry), refusal }),
    size: entry.uncompressedSize,
    packed: entry.compressedSize,
    crc32: entry.crc32,
    offset: entry.relativeOffsetOfLocalHeader,
    entry,
  };
}

function whyNot(entry: Entry, folder: boolean, overlap: boolean): Refusal | undefined {
  const { uncompressedSize: size, compressedSize: packed, compressionMethod: method } = entry;
  if (folder && size > 0 && packed > 0)
    return { reason: 'corrupt', detail: `it is a folder, and has ${size} bytes` };
  if (entry.isEncrypted())
    return {
      reason: 'encrypted',
      detail: 'it is encrypted: unpack it with its password, and import what comes out',
    };
  if (method !== 0 && method !== 8)
    return {
      reason: 'unsupported-method',
      detail: `it is packed by method ${method}: 0 (stored) and 8 (deflate) are read`,
    };
  if (size > MAX_BYTES || packed > MAX_BYTES)
    return { reason: 'too-large', detail: `it says that it has ${size} bytes, packed ${packed}` };
  if (overlap) return { reason: 'overlapping', detail: 'it shares its bytes with other entries' };
  if (method === 0 && size !== packed)
    return { reason: 'corrupt', detail: `it is stored as it is, and says ${size} bytes, packed ${packed}` };
  if (size > BOMB_BYTES && size > packed * BOMB_RATIO)
    return { reason: 'zip-bomb', detail: `${packed} bytes say that they unpack to ${size}` };
  return undefined;
}

/** The extended timestamp, or NTFS's, or the time of DOS, which has no zone and is taken for UTC. */
function momentOf(entry: Entry): number | undefined {
  const none =
    entry.lastModFileDate === 0 && !entry.extraFields.some(({ id }) => id === 0x5455 || id === 0x000a);
  const at = none ? Number.NaN : Math.round(entry.getLastModDate({ timezone: 'UTC' }).getTime());
  return Number.isNaN(at) ? undefined : at;
}
