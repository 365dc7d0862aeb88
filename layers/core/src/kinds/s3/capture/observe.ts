import type { UnprotectedReason } from '../../../model/entry.ts';
import type { ObjectFacts } from '../../../model/object.ts';
import type { World } from '../../../ports/world.ts';

/** What a source really holds under a key, at this moment. */
export type Observation =
  | { readonly what: 'present'; readonly facts: ObjectFacts }
  | { readonly what: 'absent' }
  | { readonly what: 'unreadable'; readonly reason: UnprotectedReason; readonly facts?: ObjectFacts };

/**
 * Asks the source itself. `absent` is said only on evidence (I4): a 404 for the object while its bucket answers; a
 * missing bucket answers 404 for every key too, a refused request says nothing about the object, and a bucket that is in another
 * region now is not the one that was protected.
 */
export async function observe(
  bucket: string,
  key: string,
  { store }: Pick<World, 'store'>,
): Promise<Observation> {
  const head = await store.head({ bucket, key });
  if (head.found) {
    return head.object.archived
      ? { what: 'unreadable', reason: 'archived', facts: head.object }
      : { what: 'present', facts: head.object };
  }
  if (head.why !== 'absent') return { what: 'unreadable', reason: head.why };
  const { state } = await store.bucket(bucket);
  if (state === 'exists') return { what: 'absent' };
  return { what: 'unreadable', reason: state === 'absent' ? 'source-missing' : 'access-denied' };
}
