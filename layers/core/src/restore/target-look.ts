import { compareKeys } from '../model/byte-order.ts';
import type { ListedObject } from '../model/object.ts';
import type { World } from '../ports/world.ts';

type Found = Pick<ListedObject, 'etag' | 'size' | 'lastModified'>;

/**
 * Tells what is at keys of a bucket, asked for mostly in ascending order: then a page of a listing answers for a thousand.
 * Out of order is right too, and costs more.
 */
export class TargetLook {
  readonly #bucket: string;
  readonly #store: Pick<World['store'], 'list' | 'head'>;
  /** What is known: all there is between the two keys, the first one not included. */
  #page = new Map<string, Found>();
  #from: string | undefined;
  #until: string | undefined;

  constructor(bucket: string, { store }: { readonly store: Pick<World['store'], 'list' | 'head'> }) {
    this.#bucket = bucket;
    this.#store = store;
  }

  async find(key: string): Promise<Found | undefined> {
    if (this.#knows(key)) return this.#page.get(key);
    // What follows the page is often on the next one.
    if (this.#until !== undefined && compareKeys(key, this.#until) > 0) {
      await this.#list(this.#until);
      if (this.#knows(key)) return this.#page.get(key);
    }
    const head = await this.#store.head({ bucket: this.#bucket, key });
    await this.#list(key);
    return head.found ? head.object : undefined;
  }

  #knows(key: string): boolean {
    if (this.#from === undefined || compareKeys(key, this.#from) <= 0) return false;
    return this.#until === undefined || compareKeys(key, this.#until) <= 0;
  }

  async #list(after: string): Promise<void> {
    const { objects, more } = await this.#store.list({ bucket: this.#bucket, after });
    this.#page = new Map(objects.map((object) => [object.key, object]));
    this.#from = after;
    this.#until = more ? (objects.at(-1)?.key ?? after) : undefined;
  }
}
