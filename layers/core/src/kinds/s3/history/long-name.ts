import { isStoreError, StoreError } from '../../../model/errors.ts';
import type { VaultReader } from '../../../ports/world.ts';
import { keyVersions } from '../../../vault/vault-history.ts';
import { vaultPlace } from '../model/vault-key.ts';

/**
 * The key of an object whose copy is kept by the hash of its key: it stands in an object beside the copy. It never changes, so that
 * one which somebody hid, or wrote over, is read where it lies below; the hash says which it is. Takes a GET; below something else,
 * a listing and a GET for each version more.
 *
 * @throws StoreError `not-found` where no version of it is left
 */
export async function longName(bucket: string, vaultKey: string, world: VaultReader): Promise<string> {
  const ref = { bucket: world.settings.vault, key: `${vaultKey}.key` };
  const isIts = (key: string) => vaultPlace(bucket, key).key === vaultKey;
  const onTop = await orNothing(() => world.store.get(ref));
  if (onTop !== undefined && isIts(onTop)) return onTop;
  for await (const version of keyVersions(ref.key, world)) {
    if (version.deleteMarker) continue;
    const below = await orNothing(() => world.store.get({ ...ref, versionId: version.versionId }));
    if (below !== undefined && isIts(below)) return below;
  }
  throw new StoreError(
    'not-found',
    `the vault has a copy of a long key at ${vaultKey}, and not its name at ${ref.key}`,
  );
}

async function orNothing(read: () => Promise<string>): Promise<string | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isStoreError(error, 'not-found')) return undefined;
    throw error;
  }
}
