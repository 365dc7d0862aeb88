import type { Entry } from '@holdfast/core/model/entry.ts';
import type { EntryPage } from '@holdfast/core/ports/catalog.ts';
import type { ListRequest } from '@holdfast/core/ports/object-store.ts';
import { SOURCE } from '../pipeline.ts';

/** So long a replica of the table may lag behind; AWS says "usually one second or less". */
const LAG_MS = 1000;

/**
 * What listings may show. Those of the table are eventually consistent: any entry as it was a moment ago, or not at all if
 * it was not there yet; reads of one row are strongly consistent, as Holdfast asks for them. And, although S3 promises
 * better, the source's may come back empty: that must prove nothing (I4).
 */
export class Listings {
  /** While true, the table's listings show what was there before. */
  stale = false;
  /** While true, the source's listings are empty. */
  empty = false;
  readonly #now: () => number;
  readonly #before = new Map<string, { readonly entry: Entry | undefined; readonly until: number }>();
  readonly #current = new Map<string, Entry>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async read(op: string, args: readonly unknown[], perform: () => Promise<unknown>): Promise<unknown> {
    const answer = await perform();
    if (op === 'catalog.putEntry' && answer === true) this.#remember(args[0] as Entry);
    if (op === 'catalog.listEntries' && this.stale) return this.#asBefore(answer as EntryPage);
    if (op === 'store.list' && this.empty && isOfSource(args)) return { objects: [], more: false };
    return answer;
  }

  #remember(entry: Entry): void {
    const id = idOf(entry);
    const known = this.#before.get(id);
    // Of several writes within the lag, the oldest state may still be seen.
    if (known === undefined || known.until < this.#now())
      this.#before.set(id, { entry: this.#current.get(id), until: this.#now() + LAG_MS });
    this.#current.set(id, structuredClone(entry));
  }

  #asBefore(page: EntryPage): EntryPage {
    const entries = page.entries.flatMap((entry) => {
      const before = this.#before.get(idOf(entry));
      if (before === undefined || before.until < this.#now()) return [entry];
      return before.entry === undefined ? [] : [before.entry];
    });
    // A page that lost all its entries would have no end to go on from: the table gives such a page a key of its own.
    return entries.length === 0 ? page : { ...page, entries };
  }
}

function isOfSource([request]: readonly unknown[]): boolean {
  return (request as ListRequest).bucket === SOURCE;
}

function idOf({ source, key }: Entry): string {
  return `${source} ${key}`;
}
