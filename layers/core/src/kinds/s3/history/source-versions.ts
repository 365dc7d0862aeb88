import type { ListedVersion } from '../../../model/object.ts';
import type { VaultReader } from '../../../ports/world.ts';
import { vaultVersions } from '../../../vault/vault-history.ts';
import { isNameKey, longVaultPrefix, vaultPrefix } from '../model/vault-key.ts';
import { longName } from './long-name.ts';

/** One version, or delete marker, that the vault has of a source object. */
export type SourceVersion = { readonly key: string; readonly version: ListedVersion };

/**
 * Everything that the vault has of a bucket under a prefix, in one pass and in constant memory: plain keys in order, then
 * long ones, each key's newest version first.
 */
export async function* bucketVersions(
  bucket: string,
  prefix: string,
  world: VaultReader,
): AsyncGenerator<SourceVersion> {
  const base = vaultPrefix(bucket);
  for await (const version of vaultVersions(base + prefix, undefined, world)) {
    yield { key: version.key.slice(base.length), version };
  }
  for await (const one of longVersions(bucket, world)) {
    if (one.key.startsWith(prefix)) yield one;
  }
}

/** Long keys have to be looked up: one request for each. */
async function* longVersions(bucket: string, world: VaultReader): AsyncGenerator<SourceVersion> {
  let name: { readonly vaultKey: string; readonly key: string } | undefined;
  for await (const version of vaultVersions(longVaultPrefix(bucket), undefined, world)) {
    if (isNameKey(version.key)) continue;
    if (version.key !== name?.vaultKey) {
      name = { vaultKey: version.key, key: await longName(bucket, version.key, world) };
    }
    yield { key: name.key, version };
  }
}

/** When the first copy of all was made that the vault still has under a prefix. */
export async function oldestCopy(
  bucket: string,
  prefix: string,
  world: VaultReader,
): Promise<number | undefined> {
  let oldest: number | undefined;
  for await (const { version } of bucketVersions(bucket, prefix, world)) {
    oldest = Math.min(version.lastModified, oldest ?? version.lastModified);
  }
  return oldest;
}
