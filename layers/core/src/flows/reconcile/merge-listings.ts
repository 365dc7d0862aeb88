import { compareKeys } from '../../model/byte-order.ts';
import { defined } from '../../model/defined.ts';
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
  for (let pair = first(object, entry); pair !== undefined; pair = first(object, entry)) {
    yield pair;
    if (pair.object !== undefined) object = (await left.next()).value as ListedObject | undefined;
    if (pair.entry !== undefined) entry = (await right.next()).value as Entry | undefined;
  }
}

/** What comes first of the two, or both when they are of one key. */
function first(object: ListedObject | undefined, entry: Entry | undefined): Pair | undefined {
  if (object === undefined) return entry && { key: entry.key, entry };
  if (entry === undefined) return { key: object.key, object };
  const order = compareKeys(object.key, entry.key);
  if (order === 0) return { key: object.key, object, entry };
  return order < 0 ? { key: object.key, object } : { key: entry.key, entry };
}

/** A source's objects in a range, page by page. Fails as a whole when a page fails: half a listing proves nothing. */
export function sourceObjects(
  bucket: string,
  prefix: string | undefined,
  range: KeyRange,
  { store }: { readonly store: Pick<ObjectStore, 'list'> },
): AsyncGenerator<ListedObject> {
  return paged(range, `the listing of s3://${bucket}`, async (after) => {
    const { objects, more } = await store.list({ bucket, ...defined({ prefix, after }) });
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
    const { entries, more } = await catalog.listEntries(source, defined({ prefix, after }));
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

function isBeyond(key: string, { until }: KeyRange): boolean {
  return until !== undefined && compareKeys(key, until) > 0;
}
