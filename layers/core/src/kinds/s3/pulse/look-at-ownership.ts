import { bucketOf } from '../../../model/bucket-uri.ts';
import { isStoreError } from '../../../model/errors.ts';
import { asksForAcls, type Source } from '../../../model/source.ts';
import type { PulseWorld } from '../../../ports/world.ts';

/**
 * Notes whether a bucket whose ACLs are remembered has them switched off, which its owner can change at any time. Where that may
 * not be seen, it stays as it was: reading ACLs that are switched off costs a request for each object, and harms nothing.
 */
export async function lookAtOwnership(
  source: Source,
  { store, catalog }: Pick<PulseWorld, 'store' | 'catalog'>,
): Promise<void> {
  if (!asksForAcls(source)) return;
  try {
    const ownership = await store.ownership(bucketOf(source.source));
    if (ownership !== source.ownership) await catalog.patchSource(source.source, { ownership });
  } catch (error) {
    if (!isStoreError(error, 'access-denied')) throw error;
  }
}
