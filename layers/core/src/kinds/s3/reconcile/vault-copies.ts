import { compareKeys } from '../../../model/byte-order.ts';
import type { ListedObject } from '../../../model/object.ts';
import type { ListingWorld } from '../../../ports/world.ts';
import { type KeyRange, sourceObjects } from '../../../vault/listings.ts';
import type { Pair } from '../../../vault/merge-listings.ts';
import { cutToKey, isNameKey, longVaultPrefix, vaultPlace, vaultPrefix } from '../model/vault-key.ts';

type VaultWorld = Pick<ListingWorld, 'store' | 'settings'>;

/** What is on top of the copies of a bucket's objects, by the objects' keys. Those of long keys stand apart. */
export async function* plainCopies(
  bucket: string,
  prefix: string | undefined,
  range: KeyRange,
  { store, settings }: VaultWorld,
): AsyncGenerator<ListedObject> {
  const base = vaultPrefix(bucket);
  // An object's key may be longer than its copy's may be: then the listing begins a little before it.
  const after = range.after === undefined ? undefined : cutToKey(base + range.after);
  for await (const copy of sourceObjects(settings.vault, base + (prefix ?? ''), { after }, { store })) {
    const key = copy.key.slice(base.length);
    if (range.after !== undefined && compareKeys(key, range.after) <= 0) continue;
    if (range.until !== undefined && compareKeys(key, range.until) > 0) return;
    yield { ...copy, key };
  }
}

/** Adds the copy of a key that is too long to be listed beside the others: a listing of one. */
export async function withLongCopy(
  bucket: string,
  pair: Pair,
  { store, settings }: VaultWorld,
): Promise<Pair> {
  const place = vaultPlace(bucket, pair.key);
  if (place.nameKey === undefined) return pair;
  const page = await store.list({ bucket: settings.vault, prefix: place.key, limit: 1 });
  const copy = page.objects.find(({ key }) => key === place.key);
  return copy === undefined ? pair : { ...pair, copy: { ...copy, key: pair.key } };
}

/** Copies of long keys, by the keys of the vault; `name` tells what the object is called. */
export async function* longCopies(
  bucket: string,
  after: string | undefined,
  { store, settings }: VaultWorld,
): AsyncGenerator<{ readonly copy: ListedObject; readonly name: () => Promise<string> }> {
  const { vault } = settings;
  for await (const copy of sourceObjects(vault, longVaultPrefix(bucket), { after }, { store }))
    if (!isNameKey(copy.key))
      yield { copy, name: () => store.get({ bucket: vault, key: `${copy.key}.key` }) };
}

/**
 * True when the vault's listing shows another copy on top than the catalog names: one that nobody recorded, one of an object
 * that the catalog calls deleted, or none, since somebody hid it. What is unprotected is looked at in any case.
 */
export function disagrees({ entry, copy }: Pick<Pair, 'entry' | 'copy'>): boolean {
  if (entry?.state === 'unprotected') return false;
  return copy?.etag !== (entry?.state === 'current' ? entry.vaultEtag : undefined);
}
