import { checksums } from '@holdfast/core/aws/checksums.ts';
import { isStoreError, StoreError } from '@holdfast/core/model/errors.ts';
import type { OpenObject } from '@holdfast/core/ports/object-store.ts';
import type { FoundVersion, ObjectPlace } from '@holdfast/core/source/object-versions.ts';
import type { VersionReader } from '@holdfast/core/source/version-reader.ts';
import { checkedBytes, expectedOf } from '@holdfast/core/vault/check-bytes.ts';
import type { RealVersion } from '@holdfast/core/vault/vault-history.ts';
import type { Connection } from '../connection.ts';
import type { Kinds } from '../kind.ts';
import { uriOf } from './find-version.ts';

/**
 * The bytes of one version of an object, checked as they are read: by the checksum that its record or its entry has, or else by what S3
 * has of the copy.
 *
 * @throws StoreError `archived` with the way out; WrongBytesError behind the last byte, where length or checksum do not fit
 */
export async function* readObject(
  object: ObjectPlace,
  { version, checksum }: FoundVersion,
  { world }: Pick<Connection, 'world'>,
  { kinds }: Kinds,
): AsyncGenerator<Uint8Array> {
  const { source, key } = object;
  const what = uriOf(object);
  const [entry, opened] = await Promise.all([
    world.catalog.getEntry(source, key),
    open(what, version, kinds.of(source).history.reader(world)),
  ]);
  const recorded = checksum ?? (entry?.vaultVersionId === version.versionId ? entry.checksum : undefined);
  const expected = { ...expectedOf(opened.object, recorded, checksums), size: version.size };
  yield* checkedBytes(opened.body, expected, { checksums, what });
}

async function open(what: string, version: RealVersion, reader: VersionReader): Promise<OpenObject> {
  try {
    return await reader.open(version);
  } catch (error) {
    if (!isStoreError(error, 'archived')) throw error;
    throw new StoreError(
      'archived',
      `${what} is archived (${version.storageClass}): it has to be thawed before it can be read, as holdfast restore does`,
    );
  }
}
