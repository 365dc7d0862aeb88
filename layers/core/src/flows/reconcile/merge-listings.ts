import { compareKeys } from '../../model/byte-order.ts';
import type { Entry } from '../../model/entry.ts';
import { StoreError } from '../../model/errors.ts';
import type { ListedObject } from '../../model/object.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { World } from '../dependencies.ts';

/** One key, as the source and as the catalog know it. At least one of the two is there. */
export type Pair = { readonly key: string; readonly object?: ListedObject; readonly entry?: Entry };

export type KeyRange = { readonly after?: string | undefined; readonly until?: string | undefined };

/**
 * Walks two listings that are sorted alike, side by side: memory does not grow with the number of objects, and no
 * object costs a request of its own.
 */
export async function* mergeListings(
  objects: AsyncIterable<ListedObject>,
  entries: AsyncIterable<Entry>,
): AsyncGenerator<Pair> {
  const left = objects[Symbol.asyncIterator]();
  const right = entries[Symbol.asyncIterator]();
  let object = (await left.next()).value as ListedObject | undefined;
  let entry = (await right.next()).value as Entry | undefined;
  while (object !== undefined || entry !== undefined) {
    const order = compareHeads(object, entry);
    const key = order <= 0 ? (object?.key ?? '') : (entry?.key ?? '');
    yield { key, ...(order <= 0 && object ? { object } : {}), ...(order >= 0 && entry ? { entry } : {}) };
    if (order <= 0) object = (await left.next()).value as ListedObject | undefined;
    if (order >= 0) entry = (await right.next()).value as Entry | undefined;
  }
}

function compareHeads(object: ListedObject | undefined, entry: Entry | undefined): number {
  if (object === undefined) return 1;
  if (entry === undefined) return -1;
  return compareKeys(object.key, entry.key);
}

/** A source's objects in a range, page by page. Fails as a whole when a page fails: half a listing proves nothing. */
export function sourceObjects(
  bucket: string,
  prefix: string | undefined,
  range: KeyRange,
  { store }: { readonly store: Pick<ObjectStore, 'list'> },
): AsyncGenerator<ListedObject> {
  return paged(range, `the listing of s3://${bucket}`, async (after) => {
    const { objects, more } = await store.list({ bucket, ...given({ prefix, after }) });
    return { items: objects, more };
  });
}

/** The catalog's entries in a range, page by page. */
export function catalogEntries(
  source: string,
  prefix: string | undefined,
  range: KeyRange,
  { catalog }: Pick<World, 'catalog'>,
): AsyncGenerator<Entry> {
  return paged(range, `the entries of ${source}`, async (after) => {
    const { entries, more } = await catalog.listEntries(source, given({ prefix, after }));
    return { items: entries, more };
  });
}

async function* paged<T extends { readonly key: string }>(
  range: KeyRange,
  what: string,
  page: (after: string | undefined) => Promise<{ items: readonly T[]; more: boolean }>,
): AsyncGenerator<T> {
  let after = range.after;
  for (;;) {
    const { items, more } = await page(after);
    for (const item of items) {
      if (isBeyond(item.key, range)) return;
      yield item;
    }
    if (!more) return;
    after = items.at(-1)?.key;
    // A page that is empty and says that there is more proves nothing, least of all an end.
    if (after === undefined) throw new StoreError('unavailable', `${what} broke off`);
  }
}

function given({ prefix, after }: { prefix: string | undefined; after: string | undefined }) {
  return { ...(prefix === undefined ? {} : { prefix }), ...(after === undefined ? {} : { after }) };
}

function isBeyond(key: string, { until }: KeyRange): boolean {
  return until !== undefined && compareKeys(key, until) > 0;
}
