import { crc32 } from 'node:zlib';
import { HoldfastError, messageOf } from '../../../model/errors.ts';
import { SiteError } from '../site-error.ts';
import type { ZipDirectory } from './zip-directory.ts';
import type { ZipEntry } from './zip-entry.ts';

/**
 * An entry's bytes, unpacked as they come. Behind the last one its checksum is compared: who keeps them has to read them to
 * their end first.
 *
 * @throws {SiteError} `corrupt`, also while they are read; StoreError when the zip cannot be read
 */
export async function* entryBytes(
  directory: ZipDirectory,
  { entry, ...facts }: ZipEntry,
): AsyncGenerator<Uint8Array, void> {
  let sum = 0;
  let length = 0;
  try {
    for await (const bytes of await directory.file.openReadStreamPromise(entry)) {
      sum = crc32(bytes, sum);
      length += bytes.length;
      // A stream that unpacks to more than it says may have no end.
      if (length > facts.size) throw corrupt(facts, `it says ${facts.size} bytes, and has more`);
      yield bytes;
    }
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw corrupt(facts, messageOf(error, 300), error);
  }
  if (length !== facts.size) throw corrupt(facts, `it says ${facts.size} bytes, and has ${length}`);
  if (sum !== facts.crc32)
    throw corrupt(facts, `its CRC-32 should be ${hex(facts.crc32)}, and is ${hex(sum)}`);
}

function corrupt({ index }: Pick<ZipEntry, 'index'>, why: string, cause?: unknown): SiteError {
  return new SiteError('corrupt', `entry ${index} is damaged: ${why}`, { cause });
}

function hex(crc: number): string {
  return (crc >>> 0).toString(16).padStart(8, '0');
}
