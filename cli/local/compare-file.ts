import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import { open, utimes } from 'node:fs/promises';
import { checksums } from '@holdfast/core/adapters/checksums.ts';
import { checkBytes, expectedOf } from '@holdfast/core/flows/check-bytes.ts';
import type { Selected } from '@holdfast/core/flows/restore/select-objects.ts';
import type { ObjectFacts } from '@holdfast/core/model/object.ts';
import { mayOverwrite, type Overwrite } from '@holdfast/core/model/restore-request.ts';
import { PlaceError } from './disk-errors.ts';
import type { Folder } from './folder.ts';
import type { LocalWorld } from './local-job.ts';
import { modifiedAt } from './modified-at.ts';
import type { Proof } from './open-copy.ts';

/** What is to be done about what stands at an object's path. */
export type Found = 'absent' | 'right' | 'replace' | 'conflict';

/** Right by size and time: those that a restore gave it. Costs no request. */
export function looksRight(stats: Stats | undefined, { version, modifiedAt: known }: Selected): boolean {
  const sameSize = stats?.isFile() === true && stats.size === version.size;
  return sameSize && modified(stats) === (known ?? version.lastModified);
}

/** @throws {PlaceError} for what is no file; StoreError */
export async function compareFile(
  path: string,
  object: Selected,
  overwrite: Overwrite,
  folder: Folder,
  world: Pick<LocalWorld, 'store' | 'vault'>,
): Promise<Found> {
  const stats = await folder.look(path);
  if (stats === undefined) return 'absent';
  if (stats.isSymbolicLink())
    throw new PlaceError('symlink', 'a symbolic link stands in its way, and is not followed');
  if (stats.isDirectory()) throw new PlaceError('not-a-file', 'a folder stands in its way');
  if (!stats.isFile()) throw new PlaceError('not-a-file', 'something that is no file stands in its way');
  if (looksRight(stats, object)) return 'right';
  const decided = stats.size !== object.version.size && overwrite !== 'older';
  const facts = decided ? undefined : await factsOf(object, world);
  if (facts !== undefined && (await isRight(folder.full(path), stats, facts, object))) return 'right';
  const at = modifiedAt(facts ?? { metadata: {}, lastModified: object.version.lastModified }, object);
  return mayOverwrite(overwrite, modified(stats), at) ? 'replace' : 'conflict';
}

async function factsOf(
  { vaultKey, version }: Selected,
  { store, vault }: Pick<LocalWorld, 'store' | 'vault'>,
): Promise<ObjectFacts | undefined> {
  const head = await store.head({ bucket: vault, key: vaultKey, versionId: version.versionId });
  return head.found ? head.object : undefined;
}

/** The time alone may have been changed: then the bytes decide, and the time is set. */
async function isRight(file: string, stats: Stats, facts: ObjectFacts, object: Selected): Promise<boolean> {
  if (stats.size !== facts.size) return false;
  const at = modifiedAt(facts, object);
  if (modified(stats) === at && at !== facts.lastModified) return true;
  if ((await proveFile(file, facts, object)) !== 'verified') return false;
  await utimes(file, at / 1000, at / 1000);
  return true;
}

/** Reads a file and compares it with what S3 says of the copy. */
async function proveFile(file: string, facts: ObjectFacts, { checksum }: Selected): Promise<Proof> {
  const expected = expectedOf(facts, checksum, checksums);
  if (expected.checksum === undefined) return 'unverified';
  const opened = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  const mismatch = await checkBytes(opened.createReadStream(), expected, checksums);
  return mismatch === undefined ? 'verified' : 'wrong';
}

/** What the vault says of a copy. @throws {PlaceError} when it cannot be asked */
async function knownFacts(
  object: Selected,
  world: Pick<LocalWorld, 'store' | 'vault'>,
): Promise<ObjectFacts> {
  const facts = await factsOf(object, world);
  if (facts === undefined) throw new PlaceError('vault-unreadable', 'the vault says nothing of its copy');
  return facts;
}

/** Reads back what a restore left at a path. @throws {PlaceError} when it is not what it should be */
export async function verifyFile(
  file: string,
  object: Selected,
  known: ObjectFacts | undefined,
  world: Pick<LocalWorld, 'store' | 'vault'>,
): Promise<Proof> {
  const proof = await proveFile(file, known ?? (await knownFacts(object, world)), object);
  if (proof === 'wrong')
    throw new PlaceError('wrong-bytes', 'read back, the file is not what its checksum says');
  return proof;
}

/** Times are kept as fractions of a second, and come back a little less than they were set. */
export function modified({ mtimeMs }: Stats): number {
  return Math.round(mtimeMs);
}
