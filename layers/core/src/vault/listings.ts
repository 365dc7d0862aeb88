import { compareKeys } from '../model/byte-order.ts';
import { defined } from '../model/defined.ts';
import type { Entry } from '../model/entry.ts';
import { StoreError } from '../model/errors.ts';
import type { ListedObject } from '../model/object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { World } from '../ports/world.ts';

/** Keys after one, up to another and with it. Without an end the range is open there. */
export type KeyRange = { readonly after?: string | undefined; readonly until?: string | undefined };

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
