import type { SiteItem } from '../model/site-messages.ts';

/** What a step may have looked at, in characters: its record in the catalog holds all of it, and an item takes 400 KB. */
const MAX_FOUND = 100_000;

/** What a step of a crawl wants looked at, as much as its record in the catalog has room for. */
export class FoundItems {
  readonly items: SiteItem[] = [];
  #size = 0;

  get isFull(): boolean {
    return this.#size > MAX_FOUND;
  }

  add(item: SiteItem): void {
    this.items.push(item);
    this.#size += JSON.stringify(item).length;
  }
}
