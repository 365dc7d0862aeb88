import { compareKeys } from '../model/byte-order.ts';
import { isStoreError } from '../model/errors.ts';
import type { RestoreItem } from '../model/messages.ts';
import type { AcceptedRestore } from '../model/restore-request.ts';
import { mappingOf, targetKey } from '../model/target-key.ts';
import type { World } from '../ports/world.ts';

/** A batch is a stretch of keys: if the target has more than so many pages in between, looking one by one is as good. */
const MAX_PAGES = 2;

/** Tells of a key at the target that nothing is there; false for a key that nothing is known of. */
export type IsFree = (key: string) => boolean;

/**
 * Looks at the stretch of the target that a batch goes to: one listing in place of a request for each object, most of
 * which are not there yet. A write is conditional on what was seen, so that an answer from before cannot harm.
 */
export async function freeKeys(
  items: readonly RestoreItem[],
  request: Pick<AcceptedRestore, 'target' | 'stripPrefix' | 'map'>,
  { store }: Pick<World, 'store'>,
): Promise<IsFree> {
  const keys = items
    .map(({ key }) => targetKey(mappingOf(request), key))
    .filter((key) => key !== '')
    .sort(compareKeys);
  const [first, last] = [keys[0], keys.at(-1)];
  // With one or two, a look at each is as cheap.
  if (first === undefined || last === undefined || keys.length < 3) return () => false;
  try {
    return await listBetween(first, last, request.target.bucket, store);
  } catch (error) {
    // A target that cannot be listed is told of object by object, each with its reason.
    if (isStoreError(error)) return () => false;
    throw error;
  }
}

async function listBetween(
  first: string,
  last: string,
  bucket: string,
  store: Pick<World['store'], 'list'>,
): Promise<IsFree> {
  const taken = new Set<string>();
  let after = first;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const { objects, more } = await store.list({ bucket, after });
    for (const { key } of objects) taken.add(key);
    const end = objects.at(-1)?.key;
    if (!more || (end !== undefined && compareKeys(end, last) >= 0)) return between(first, last, taken);
    if (end === undefined) break;
    after = end;
  }
  return between(first, after, taken);
}

/** The listing begins behind the first key: of that one nothing is known. */
function between(first: string, until: string, taken: ReadonlySet<string>): IsFree {
  return (key) => compareKeys(key, first) > 0 && compareKeys(key, until) <= 0 && !taken.has(key);
}
