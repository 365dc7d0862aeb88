import type { Entry } from '../../../model/entry.ts';
import type { ListedObject } from '../../../model/object.ts';
import type { ListingWorld } from '../../../ports/world.ts';
import { catalogEntries, sourceObjects } from '../../../vault/listings.ts';
import { mergeListings, type Pair } from '../../../vault/merge-listings.ts';
import {
  entryKey,
  RECORD_KINDS,
  type RecordKind,
  recordOfKey,
  recordPrefix,
  sitePrefix,
} from '../model/site-key.ts';
import { siteOf } from '../model/site-uri.ts';

type PairsWorld = Pick<ListingWorld, 'store' | 'catalog' | 'settings'>;

/**
 * What is on top in the vault of a site beside the catalog, by the keys of entries: `object` is a record, `copy` the bytes of a
 * document's versions, all sizes together.
 */
export function recordPairs(
  source: string,
  after: string | undefined,
  world: PairsWorld,
): AsyncGenerator<Pair> {
  const site = siteOf(source);
  return mergeListings(
    recordsOf(site, after, world),
    catalogEntries(source, undefined, { after }, world),
    bytesOf(site, after, world),
  );
}

/** In the order of entries' keys. */
const KINDS = RECORD_KINDS.toSorted();

/** Records that are on top, under the keys of their entries. */
async function* recordsOf(
  site: string,
  after: string | undefined,
  { store, settings }: PairsWorld,
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
  { store, settings }: PairsWorld,
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
export function isRecordInDoubt({ object: record, entry, copy: bytes }: Pair): boolean {
  if (entry === undefined || entry.state === 'deleted') return record !== undefined;
  return record?.etag !== entry.vaultEtag || (bytes?.size ?? 0) < bytesNamed(entry);
}

/** How many bytes of its versions an entry says that the vault has. */
export function bytesNamed({ key, state, size = 0 }: Entry): number {
  return key.startsWith('document/') && state !== 'deleted' ? size : 0;
}
