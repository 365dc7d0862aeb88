import { bucketOf } from '../../../model/bucket-uri.ts';
import { compareKeys } from '../../../model/byte-order.ts';
import { folderOf, justBefore, placeOf } from '../../../model/places.ts';
import { coverage, type Source } from '../../../model/source.ts';
import type { PulseWorld } from '../../../ports/world.ts';
import { catalogEntries, sourceObjects } from '../../../vault/listings.ts';
import { mergeListings } from '../../../vault/merge-listings.ts';
import type { CaptureBatch } from '../model/bucket-messages.ts';
import { classify } from '../reconcile/classify.ts';
import { isMissed, toCapture } from '../reconcile/missed.ts';

/** What an hourly check may cost: so many pages on the way round the bucket, and so many where events were last. */
export const PAGES_ROUND = 2;
export const PAGES_AT_PLACES = 6;
export const PAGE_KEYS = 1000;

type Items = CaptureBatch['items'];
type Page = {
  readonly after: string | undefined;
  readonly stoppedAt: string | undefined;
  readonly missed: Items;
};
type LookWorld = Pick<PulseWorld, 'store' | 'catalog' | 'clock' | 'settings'>;

/** What a look at some places of a bucket found. */
export type Look = {
  /** Objects whose events should have come and did not, each once. */
  readonly missed: Items;
  /** Where to look next time as well, beside where events come from: by {@link placeOf}. */
  readonly places: Readonly<Record<string, string>>;
  /** Where the way round the bucket goes on; undefined: at its beginning. */
  readonly after: string | undefined;
};

/**
 * Compares some pages of a source's listing with the catalog. S3 lists by key and not by time, so it is looked where new
 * objects are likely: where events came from last, and, page by page from check to check, all round the bucket.
 */
export async function lookAtPlaces(source: Source, world: LookWorld): Promise<Look> {
  const pages: Page[] = [];
  const look = async (after: string | undefined) => {
    const page = await lookFrom(source, after, world);
    pages.push(page);
    return page.stoppedAt;
  };
  let after = await look(source.pulseAfter);
  while (pages.length < PAGES_ROUND && !isRound(pages, after)) after = await look(after);
  for (const place of placesOf(source)) {
    const from = notSeen(place, pages);
    if (from !== undefined && pages.length < PAGES_ROUND + PAGES_AT_PLACES) await look(from);
  }
  const missed = new Map(pages.flatMap((page) => page.missed.map((item) => [item.key, item] as const)));
  const last = pages.flatMap((page) => page.missed.at(-1)?.key ?? []);
  return {
    missed: [...missed.values()],
    places: Object.fromEntries(last.map((key) => [placeOf(key), key])),
    after,
  };
}

/** The whole bucket was seen in one page. */
function isRound(pages: readonly Page[], next: string | undefined): boolean {
  return next === undefined && pages.some(({ after }) => after === undefined);
}

type Place = { readonly after: string; readonly goOn: boolean };

/**
 * After which keys to list: just before those of the last events, then from the beginnings of their folders on, where new
 * objects are whose names count down.
 */
function placesOf({ places = {}, prefix = '' }: Source): Place[] {
  const keys = Object.values(places);
  const folders = [...new Set(keys.map(folderOf))];
  // What is before the prefix is not the source's: a listing begins with the prefix all the same.
  const before = (key: string) => justBefore(compareKeys(key, prefix) < 0 ? prefix : key);
  return [
    ...keys.map((key) => ({ after: before(key), goOn: true })),
    ...folders.map((folder) => ({ after: before(folder), goOn: false })),
  ];
}

/** Where to look for a place; undefined when it was seen. Behind the last event it goes on: what is newer lies there. */
function notSeen({ after, goOn }: Place, pages: readonly Page[]): string | undefined {
  const page = pages.find((one) => isWithin(after, one));
  if (page === undefined) return after;
  return goOn && page.stoppedAt !== undefined ? notSeen({ after: page.stoppedAt, goOn }, pages) : undefined;
}

function isWithin(place: string, { after, stoppedAt }: Page): boolean {
  return (
    (after === undefined || compareKeys(after, place) <= 0) &&
    (stoppedAt === undefined || compareKeys(place, stoppedAt) < 0)
  );
}

async function lookFrom(source: Source, after: string | undefined, world: LookWorld): Promise<Page> {
  const { prefix } = source;
  const range = { after };
  const objects = sourceObjects(bucketOf(source.source), prefix, range, world);
  const entries = catalogEntries(source.source, prefix, range, world);
  const covers = coverage(source);
  const before = world.clock() - world.settings.graceMs;
  const missed: Items = [];
  let seen = 0;
  for await (const pair of mergeListings(objects, entries)) {
    const { key, object, entry } = pair;
    const finding = covers(key) ? classify(pair, false) : 'nothing';
    const differs = finding === 'new' || finding === 'changed';
    if (differs && object !== undefined && isMissed(object, entry, source, before))
      missed.push(toCapture(object, entry));
    if (++seen >= PAGE_KEYS) return { after, stoppedAt: key, missed };
  }
  return { after, stoppedAt: undefined, missed };
}
