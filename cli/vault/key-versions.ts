import { vaultVersions } from '@holdfast/core/flows/vault-history.ts';
import type { ListedVersion } from '@holdfast/core/model/object.ts';
import { vaultPlace } from '@holdfast/core/model/vault-key.ts';
import type { Connection } from '../context.ts';
import type { ObjectUri } from '../sources/object-argument.ts';

/** Every version, and delete marker, the vault has of one object, the newest first. */
export async function* keyVersions(
  { bucket, key }: ObjectUri,
  { world }: Pick<Connection, 'world'>,
): AsyncGenerator<ListedVersion> {
  const vaultKey = vaultPlace(bucket, key).key;
  for await (const version of vaultVersions(vaultKey, undefined, world)) {
    // Keys that only begin like this one come after it.
    if (version.key !== vaultKey) return;
    yield version;
  }
}
