import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { checksums } from '@holdfast/core/aws/checksums.ts';
import type { ObjectFacts } from '@holdfast/core/model/object.ts';
import type { Selected } from '@holdfast/core/source/selection.ts';
import { checkBytes, expectedOf } from '@holdfast/core/vault/check-bytes.ts';
import { PlaceError } from './disk-errors.ts';
import type { LocalWorld } from './local-job.ts';
import { modifiedAt } from './modified-at.ts';
import type { Proof } from './open-copy.ts';

/** What comparing needs. `read` hears of bytes of files that were read for it. */
export type ComparingWorld = Pick<LocalWorld, 'reader' | 'signal'> & {
  readonly read: (bytes: number) => void;
};

/** How a file of the target is to the copy that belongs there. */
export type Compared = {
  readonly is: 'same' | 'other';
  /** When the copy's bytes were last changed, as far as that had to be known; ms since 1970. */
  readonly at: number;
  /** Of bytes that were read. `unverified`: there is no checksum to hold them against. */
  readonly proof?: Proof;
};

/** The same by size and time: a file that a restore put there. Costs no request. */
export function looksRight(stats: Stats | undefined, { version, modifiedAt: known }: Selected): boolean {
  const sameSize = stats?.isFile() === true && stats.size === version.size;
  return sameSize && modified(stats) === (known ?? version.lastModified);
}

/**
 * Compares a file with a copy. Another size is another file. Of the same size, the time that the copy has proves that it is
 * the same, unless bytes are asked for; with another time, or when they are, the bytes decide, by the copy's checksum.
 *
 * @param byBytes whether bytes are asked for
 * @param wantsTime whether it matters when the copy was last changed, even of another file
 * @throws StoreError; what the disk says
 */
export async function compareFile(
  file: string,
  stats: Stats,
  object: Selected,
  { byBytes, wantsTime }: { readonly byBytes: boolean; readonly wantsTime: boolean },
  world: ComparingWorld,
): Promise<Compared> {
  const at = object.modifiedAt ?? object.version.lastModified;
  if (!byBytes && looksRight(stats, object)) return { is: 'same', at };
  const sameSize = stats.size === object.version.size;
  if (!sameSize && !wantsTime) return { is: 'other', at };
  const facts = await factsOf(object, world);
  if (facts === undefined) return { is: 'other', at };
  const known = modifiedAt(facts, object);
  if (!sameSize) return { is: 'other', at: known };
  const sameTime = modified(stats) === known;
  if (!byBytes && sameTime) return { is: 'same', at: known };
  const proof = await proveFile(file, facts, object, world);
  const isSame = proof === 'verified' || (proof === 'unverified' && sameTime && !byBytes);
  return { is: isSame ? 'same' : 'other', at: known, proof };
}

async function factsOf(
  { version }: Selected,
  { reader }: Pick<LocalWorld, 'reader'>,
): Promise<ObjectFacts | undefined> {
  const head = await reader.head(version);
  return head.found ? head.object : undefined;
}

/** Reads a file and compares it with what S3 says of the copy. */
async function proveFile(
  file: string,
  facts: ObjectFacts,
  { checksum }: Selected,
  { signal, read }: Pick<ComparingWorld, 'signal' | 'read'>,
): Promise<Proof> {
  const expected = expectedOf(facts, checksum, checksums);
  if (expected.checksum === undefined) return 'unverified';
  const opened = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  const body = counted(opened.createReadStream({ signal }), read);
  return (await checkBytes(body, expected, checksums)) === undefined ? 'verified' : 'wrong';
}

async function* counted(
  body: AsyncIterable<Uint8Array>,
  read: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of body) {
    yield bytes;
    read(bytes.length);
  }
}

/** What the vault says of a copy. @throws {PlaceError} when it cannot be asked */
export async function knownFacts(object: Selected, world: Pick<LocalWorld, 'reader'>): Promise<ObjectFacts> {
  const facts = await factsOf(object, world);
  if (facts === undefined) throw new PlaceError('vault-unreadable', 'the vault says nothing of its copy');
  return facts;
}

/** Reads back what a restore has put at a path. @throws {PlaceError} when it is not what it should be */
export async function verifyFile(
  file: string,
  object: Selected,
  facts: ObjectFacts,
  world: Pick<ComparingWorld, 'signal' | 'read'>,
): Promise<Proof> {
  const proof = await proveFile(file, facts, object, world);
  if (proof === 'wrong')
    throw new PlaceError('wrong-bytes', 'read back, the file is not what its checksum says');
  return proof;
}

/** Times are kept as fractions of a second, and come back a little less than they were set. */
export function modified({ mtimeMs }: Stats): number {
  return Math.round(mtimeMs);
}
