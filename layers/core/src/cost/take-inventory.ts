import pMap from 'p-map';
import type { ListedObject } from '../model/object.ts';
import { coverage, type Source } from '../model/source.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { sourceObjects } from '../vault/listings.ts';
import { type CopySettings, type Inventory, InventoryCount } from './inventory.ts';

export type Covered = Pick<Source, 'prefix' | 'include' | 'exclude'> & { readonly bucket: string };

export type TakenInventory = Inventory & {
  /** Listings that it took. */
  readonly listings: number;
};

type Options = {
  readonly copies: CopySettings;
  /** Hears, page by page, how many keys were listed so far. */
  readonly onProgress?: (listed: number) => void;
};

const PAGE = 1000;
const LOOKS_AT_ONCE = 10;

/** Lists a bucket as a source would be listed, and counts what there is. Changes nothing. */
export async function takeInventory(
  { bucket, ...covered }: Covered,
  { copies, onProgress = () => {} }: Options,
  { store }: { readonly store: Pick<ObjectStore, 'list'> },
): Promise<TakenInventory> {
  const covers = coverage(covered);
  const count = new InventoryCount(copies);
  let listings = 0;
  const counting: Pick<ObjectStore, 'list'> = {
    list: (request) => {
      listings += 1;
      return store.list(request);
    },
  };
  let listed = 0;
  for await (const object of sourceObjects(bucket, covered.prefix, {}, { store: counting })) {
    look(object, covers, count);
    if (++listed % PAGE === 0) onProgress(listed);
  }
  return { ...count.result(), listings };
}

function look(object: ListedObject, covers: (key: string) => boolean, count: InventoryCount): void {
  if (covers(object.key)) count.add(object);
  else count.pass();
}

/** Which of some objects only their owner can read (SSE-C), or nobody lets us read: a listing does not show it. */
export async function lookAtSample(
  bucket: string,
  keys: readonly string[],
  { store }: { readonly store: Pick<ObjectStore, 'head'> },
): Promise<{ readonly customerKey: string[]; readonly accessDenied: string[] }> {
  const heads = await pMap(keys, (key) => store.head({ bucket, key }), { concurrency: LOOKS_AT_ONCE });
  const refused = (why: 'customer-key' | 'access-denied') =>
    keys.filter((_, index) => {
      const head = heads[index];
      return head !== undefined && !head.found && head.why === why;
    });
  return { customerKey: refused('customer-key'), accessDenied: refused('access-denied') };
}
