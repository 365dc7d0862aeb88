import { isStoreError } from '../model/errors.ts';
import type { RestoreBatch, RestoreItem } from '../model/messages.ts';
import type { Archive } from '../model/object.ts';
import { type Thaw, type ThawTier, thawRequest, thawTime, tierFor } from '../model/thaw.ts';
import type { ThawWait } from '../model/thaw-wait.ts';
import type { ThawAnswer } from '../ports/object-store.ts';
import type { World } from '../ports/world.ts';

/** S3 takes a thousand requests for archived objects a second; ten functions with so many each stay below. */
export const THAWS_AT_A_TIME = 4;

/** The version in the vault that an item is a copy of. */
export function vaultVersion({ vaultKey, versionId }: RestoreItem, { settings }: Pick<World, 'settings'>) {
  return { bucket: settings.vault, key: vaultKey, versionId };
}

/** What a request came to, and when the bytes can be read at the latest. */
export type Asked = { readonly answer: ThawAnswer; readonly readyBy: number };

/**
 * Asks for an archived version; as standard when S3 has no capacity left for expedited retrievals.
 *
 * @throws StoreError
 */
export async function askFor(
  item: RestoreItem,
  archive: Archive,
  thaw: Thaw,
  world: Pick<World, 'store' | 'clock' | 'settings'>,
): Promise<Asked> {
  const { store, clock } = world;
  const readyBy = (tier: ThawTier) => clock() + thawTime(archive, tier).most;
  try {
    const answer = await store.thaw(vaultVersion(item, world), thawRequest(archive, thaw));
    return { answer, readyBy: readyBy(tierFor(archive, thaw.tier)) };
  } catch (error) {
    if (isStoreError(error, 'not-archived')) return { answer: 'thawed', readyBy: clock() };
    if (!isStoreError(error, 'no-capacity') || thaw.tier !== 'expedited') throw error;
    return askFor(item, archive, { ...thaw, tier: 'standard' }, world);
  }
}

/** The batch of one object that was waited for: the same name however it comes to be sent. */
export function thawedBatch({ jobId, id, item }: ThawWait): RestoreBatch {
  return { kind: 'restore', jobId, batch: `thaw-${id}`, items: [item], thawed: id };
}

/** Has an object restored that can be read now. */
export async function sendThawed(wait: ThawWait, { queue }: Pick<World, 'queue'>): Promise<void> {
  await queue.send('restoreWork', [JSON.stringify(thawedBatch(wait))]);
}
