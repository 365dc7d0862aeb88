import { compareKeys } from '../../model/byte-order.ts';
import type { Entry } from '../../model/entry.ts';
import { StoreError } from '../../model/errors.ts';
import type { ListedObject } from '../../model/object.ts';
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
export async function* sourceObjects(
  bucket: string,
  prefix: string | undefined,
  range: KeyRange,
  { store }: Pick<World, 'store'>,
): AsyncGenerator<ListedObject> {
  let after = range.after;
  for (;;) {
    const page = await store.list({
      bucket,
      ...(prefix === undefined ? {} : { prefix }),
      ...(after === undefined ? {} : { after }),
    });
    for (const object of page.objects) {
      if (isBeyond(object.key, range)) return;
      yield object;
    }
    if (!page.more) return;
    after = lastKey(page.objects, `the listing of s3://${bucket}`);
  }
}

/** The catalog's entries in a range, page by page. */
export async function* catalogEntries(
  source: string,
  prefix: string | undefined,
  range: KeyRange,
  { catalog }: Pick<World, 'catalog'>,
): AsyncGenerator<Entry> {
  let after = range.after;
  for (;;) {
    const page = await catalog.listEntries(source, {
      ...(prefix === undefined ? {} : { prefix }),
      ...(after === undefined ? {} : { after }),
    });
    for (const entry of page.entries) {
      if (isBeyond(entry.key, range)) return;
      yield entry;
    }
    if (!page.more) return;
    after = lastKey(page.entries, `the entries of ${source}`);
  }
}

/** Where to go on. A page that is empty and says that there is more proves nothing, least of all an end. */
function lastKey(page: ReadonlyArray<{ readonly key: string }>, what: string): string {
  const key = page.at(-1)?.key;
  if (key === undefined) throw new StoreError('unavailable', `${what} broke off`);
  return key;
}

function isBeyond(key: string, { until }: KeyRange): boolean {
  return until !== undefined && compareKeys(key, until) > 0;
}
