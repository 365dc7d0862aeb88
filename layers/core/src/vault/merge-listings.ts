import { compareKeys } from '../model/byte-order.ts';
import type { Entry } from '../model/entry.ts';
import type { ListedObject } from '../model/object.ts';

/** One key, as the source and as the catalog know it, and, where it is compared too, the vault. One of them is there. */
export type Pair = {
  readonly key: string;
  readonly object?: ListedObject;
  readonly entry?: Entry;
  /** What is on top of its copies; its key is that of the source. */
  readonly copy?: ListedObject;
};

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
