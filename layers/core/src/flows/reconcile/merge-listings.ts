import { compareKeys } from '../../model/byte-order.ts';
import { defined } from '../../model/defined.ts';
import type { Entry } from '../../model/entry.ts';
import { StoreError } from '../../model/errors.ts';
import type { ListedObject } from '../../model/object.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { World } from '../dependencies.ts';

/** One key, as the source and as the catalog know it, and, where it is compared too, the vault. One of them is there. */
export type Pair = {
  readonly key: string;
  readonly object?: ListedObject;
  readonly entry?: Entry;
  /** What is on top of its copies; its key is that of the source. */
  readonly copy?: ListedObject;
};

export type KeyRange = { readonly after?: string | undefined; readonly until?: string | undefined };

/**
 * Walks listings that are sorted alike, side by side: memory does not grow with the number of objects, and no object costs
 * a request of its own.
 */
export async function* mergeListings(
  objects: AsyncIterable<ListedObject>,
  entries: AsyncIterable<Entry>,
  copies: AsyncIterable<ListedObject> = NONE,
): AsyncGenerator<Pair> {
  const [left, right, vault] = [new Ahead(objects), new Ahead(entries), new Ahead(copies)];
  for (;;) {
    const [object, entry, copy] = [await left.peek(), await right.peek(), await vault.peek()];
    const key = firstOf([object, entry, copy]);
    if (key === undefined) return;
    yield {
      key,
      ...(object?.key === key ? { object: left.take(object) } : {}),
      ...(entry?.key === key ? { entry: right.take(entry) } : {}),
      ...(copy?.key === key ? { copy: vault.take(copy) } : {}),
    };
  }
}

const NONE: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};

/** A listing of which the next item is known before it is taken. */
class Ahead<T> {
  readonly #items: AsyncIterator<T>;
  #next: T | undefined;
  #isKnown = false;

  constructor(items: AsyncIterable<T>) {
    this.#items = items[Symbol.asyncIterator]();
  }

  async peek(): Promise<T | undefined> {
    if (!this.#isKnown) {
      const { value, done } = await this.#items.next();
      this.#next = done === true ? undefined : value;
      this.#isKnown = true;
    }
    return this.#next;
  }

  take(item: T): T {
    this.#isKnown = false;
    return item;
  }
}

function firstOf(items: ReadonlyArray<{ readonly key: string } | undefined>): string | undefined {
  const keys = items.flatMap((item) => (item === undefined ? [] : [item.key]));
  return keys.reduce<string | undefined>(
    (first, key) => (first === undefined || compareKeys(key, first) < 0 ? key : first),
    undefined,
  );
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
