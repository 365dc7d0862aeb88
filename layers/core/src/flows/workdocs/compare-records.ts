import type { ListedObject } from '../../model/object.ts';
import {
  entryKey,
  RECORD_KINDS,
  type RecordKind,
  recordOfKey,
  recordPrefix,
  refOfEntryKey,
  sitePrefix,
} from '../../model/workdocs/site-key.ts';
import { siteOf } from '../../model/workdocs/site-uri.ts';
import { catalogEntries, mergeListings, type Pair, sourceObjects } from '../reconcile/merge-listings.ts';
import type { CrawlRun, StepResult } from './crawl.ts';
import { FoundItems } from './found-items.ts';
import type { SiteWorld } from './site-world.ts';
import { timeIsShort } from './step-time.ts';

/**
 * Compares what is on top in the vault with the catalog: records by their ETags, the bytes of a document's versions by their
 * sizes together. What differs is looked at by its id, and the vault with it: something may be hidden there, or lie on top of
 * what was hidden, that nobody recorded.
 */
export async function compareRecords(
  { source, step, delivery }: CrawlRun,
  world: SiteWorld,
): Promise<StepResult> {
  const site = siteOf(source.source);
  const found = new FoundItems();
  let records = 0;
  let after: string | undefined;
  const listings = [
    recordsOf(site, step.after, world),
    catalogEntries(source.source, undefined, { after: step.after }, world),
    bytesOf(site, step.after, world),
  ] as const;
  for await (const pair of mergeListings(...listings)) {
    records++;
    if (isInDoubt(pair)) found.add(refOfEntryKey(pair.key));
    if (records < world.settings.keysPerStep && !found.isFull && !timeIsShort(delivery)) continue;
    after = pair.key;
    break;
  }
  if (after === undefined) await world.catalog.patchSource(source.source, { vaultComparedAt: world.clock() });
  const counts = { records, ...(found.items.length > 0 ? { inDoubt: found.items.length } : {}) };
  return { counts, items: found.items, next: after === undefined ? [] : [{ phase: 'vault', after }] };
}

/** In the order of entries' keys. */
const KINDS = RECORD_KINDS.toSorted();

/** Records that are on top, under the keys of their entries. */
async function* recordsOf(
  site: string,
  after: string | undefined,
  { store, settings }: SiteWorld,
): AsyncGenerator<ListedObject> {
  for (const kind of KINDS.filter((one) => after === undefined || `${one}0` > after)) {
    const prefix = recordPrefix(site, kind);
    const from = idIn(kind, after);
    const behind = from === undefined ? undefined : `${prefix}${from}.json`;
    for await (const record of sourceObjects(settings.vault, prefix, { after: behind }, { store })) {
      const ref = recordOfKey(site, record.key);
      if (ref !== undefined) yield { ...record, key: entryKey(ref) };
    }
  }
}

/** Under each document's key, the bytes of its versions that are on top: the sizes of all of them. */
async function* bytesOf(
  site: string,
  after: string | undefined,
  { store, settings }: SiteWorld,
): AsyncGenerator<ListedObject> {
  const from = idIn('document', after);
  if (after !== undefined && from === undefined) return;
  const prefix = `${sitePrefix(site)}versions/`;
  // `0` follows `/`: behind all versions of the document.
  const behind = from === undefined ? undefined : `${prefix}${from}0`;
  let sum: ListedObject | undefined;
  for await (const version of sourceObjects(settings.vault, prefix, { after: behind }, { store })) {
    const [id = ''] = version.key.slice(prefix.length).split('/');
    const key = entryKey({ kind: 'document', id });
    if (sum !== undefined && sum.key !== key) yield sum;
    sum = sum?.key === key ? { ...sum, size: sum.size + version.size } : { ...version, key };
  }
  if (sum !== undefined) yield sum;
}

function idIn(kind: RecordKind, key: string | undefined): string | undefined {
  return key?.startsWith(`${kind}/`) ? key.slice(kind.length + 1) : undefined;
}

/** Of what is not captured as it is, the vault has what was before. Bytes on top beside those that are named do no harm. */
function isInDoubt({ object: record, entry, copy: bytes }: Pair): boolean {
  if (entry === undefined || entry.state === 'deleted') return record !== undefined;
  return record?.etag !== entry.vaultEtag || (bytes?.size ?? 0) < sizeOf(entry);
}

function sizeOf({ key, size = 0 }: NonNullable<Pair['entry']>): number {
  return key.startsWith('document/') ? size : 0;
}
