import { defined } from '../../model/defined.ts';
import type { ObjectFacts } from '../../model/object.ts';
import { vaultPlace } from '../../model/vault-key.ts';
import type { WriteCondition, Written } from '../../ports/object-store.ts';
import type { World } from '../dependencies.ts';
import { type Attempt, vaultTags } from './attempt.ts';

/** Copies exactly the state that was seen, metadata and tags with it, on top of what the vault is known to have. */
export async function copyIntoVault(
  attempt: Attempt,
  facts: ObjectFacts,
  world: Pick<World, 'store' | 'settings'>,
): Promise<Written> {
  const { change } = attempt;
  const { store, settings } = world;
  const key = await placeInVault(attempt, world);
  const tags = await vaultTags(change, facts, world);
  return store.copy({
    from: {
      bucket: change.bucket,
      key: change.key,
      ifMatch: facts.etag,
      ...defined({ versionId: facts.versionId }),
    },
    to: { bucket: settings.vault, key },
    condition: vaultCondition(attempt),
    ...defined({ tags, websiteRedirect: facts.websiteRedirect }),
  });
}

/** Allows a write into the vault only on top of what is known to be there, so that no late copy hides a newer one. */
export function vaultCondition({ prior, top }: Attempt): WriteCondition {
  if (top !== undefined) return top.found ? { ifMatch: top.object.etag } : { ifAbsent: true };
  const onTop = prior !== undefined && prior.state !== 'deleted' ? prior.vaultEtag : undefined;
  return onTop === undefined ? { ifAbsent: true } : { ifMatch: onTop };
}

/** The vault key to copy to. For a key too long to be one, its name is written first: the copy explains itself (I1). */
export async function placeInVault(
  { change, prior, top }: Attempt,
  { store, settings }: Pick<World, 'store' | 'settings'>,
): Promise<string> {
  const place = vaultPlace(change.bucket, change.key);
  if (place.nameKey !== undefined && (top !== undefined || prior?.vaultVersionId === undefined)) {
    await store.put({ bucket: settings.vault, key: place.nameKey }, change.key, 'text/plain; charset=utf-8');
  }
  return place.key;
}
