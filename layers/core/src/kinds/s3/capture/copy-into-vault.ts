import { defined } from '../../../model/defined.ts';
import { StoreError } from '../../../model/errors.ts';
import type { ObjectFacts, Tags } from '../../../model/object.ts';
import { withOrigin } from '../../../model/origin.ts';
import type { CopyRequest, WriteCondition, Written } from '../../../ports/object-store.ts';
import type { World } from '../../../ports/world.ts';
import { sameTags } from '../model/tags-record.ts';
import { vaultPlace } from '../model/vault-key.ts';
import { type Attempt, sourceTags, vaultTags } from './attempt.ts';

/**
 * Copies exactly the state that was seen, metadata and tags with it, on top of what the vault is known to have. What was
 * archived since it was captured is copied from the vault itself, with the tags that it has now.
 *
 * @throws StoreError `precondition-failed` also when the tags that were read were changed before the copy was made, and
 *   nothing else would tell: the same bytes were on top
 */
export async function copyIntoVault(
  attempt: Attempt,
  facts: ObjectFacts,
  world: Pick<World, 'store' | 'settings'>,
): Promise<Written> {
  const { change } = attempt;
  const { store, settings } = world;
  const key = await placeInVault(attempt, world);
  const read = () =>
    facts.archived ? tagsOfArchived(change, facts, world) : vaultTags(change, facts, world);
  const tags = await read();
  const to = { bucket: settings.vault, key };
  const condition = vaultCondition(attempt);
  const written = await store.copy({
    from: copySource(attempt, facts, to),
    to,
    condition,
    ...defined({ tags, websiteRedirect: facts.websiteRedirect }),
  });
  const isOnSameBytes = 'ifMatch' in condition && condition.ifMatch === written.etag;
  if (tags !== undefined && isOnSameBytes && !sameTags(tags, (await read()) ?? tags))
    throw new StoreError('precondition-failed', 'the tags were changed while they were copied');
  return written;
}

function copySource(
  { change, prior }: Attempt,
  { etag, versionId, archived }: ObjectFacts,
  inVault: { readonly bucket: string; readonly key: string },
): CopyRequest['from'] {
  return archived
    ? { ...inVault, ...defined({ versionId: prior?.vaultVersionId, ifMatch: prior?.vaultEtag }) }
    : { bucket: change.bucket, key: change.key, ifMatch: etag, ...defined({ versionId }) };
}

async function tagsOfArchived(
  change: Attempt['change'],
  facts: ObjectFacts,
  world: Pick<World, 'store'>,
): Promise<Tags> {
  return withOrigin(await sourceTags(change, facts, world), facts);
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
