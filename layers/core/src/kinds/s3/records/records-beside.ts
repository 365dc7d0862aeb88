import { bucketOf } from '../../../model/bucket-uri.ts';
import type { Entry } from '../../../model/entry.ts';
import type { ListedVersion } from '../../../model/object.ts';
import { readsAcls, type Source } from '../../../model/source.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { World } from '../../../ports/world.ts';
import { keyVersions, type RealVersion, vaultVersions } from '../../../vault/vault-history.ts';
import { ACLS } from './acl-record.ts';
import { type Beside, type RecordReading, readRecord } from './record-beside.ts';
import { TAGS } from './tags-record.ts';

type Kept = Pick<Source, 'source' | 'acls' | 'ownership'>;

/** Every kind of records beside copies, in the order of their keys in the vault. */
const KINDS: ReadonlyArray<{
  readonly kind: RecordReading<Beside>;
  readonly isKept: (source: Kept) => boolean;
}> = [
  { kind: ACLS, isKept: readsAcls },
  // Also where changes of tags are not heard of: what was written beside a copy counts for as long as that does.
  { kind: TAGS, isKept: () => true },
];

export type BesideWorld = Pick<World, 'catalog' | 'settings'> & {
  readonly store: Pick<ObjectStore, 'listVersions' | 'get'>;
};

/** Records of one kind of one object, as they lie in the vault. */
type Place = {
  readonly vaultKey: string;
  /** What they say of the object, in a word. */
  readonly what: string;
  /** What is on top: a version, or a delete marker. */
  readonly top: ListedVersion;
};

/**
 * `covered`: that of the current copy lies under a delete marker, or under something else, and expires. `unknown`: none of them
 * can be read.
 */
export type WrongRecords = Place &
  ({ readonly is: 'covered'; readonly key: string } | { readonly is: 'unknown' });

/**
 * `named`: the one on top is of the current copy. `none`: there is none of the current copy, or no such object. `old`: nothing was
 * written there since the moment that was asked about, so nothing was read.
 */
export type RecordsOf =
  | WrongRecords
  | (Place & ({ readonly is: 'named' | 'none'; readonly key: string } | { readonly is: 'old' }));

/** True of what somebody hid, or put there. */
export function isWrong(found: RecordsOf): found is WrongRecords {
  return found.is === 'covered' || (found.is === 'unknown' && !found.top.deleteMarker);
}

/**
 * Goes through all records of a bucket, by their keys in the vault, with one listing; each object of which something was written there
 * since a moment (ms since 1970) costs a GET and a read of the catalog, and a GET more for each record that covers another.
 *
 * @param after only keys behind this one of the vault
 */
export async function* recordsBeside(
  source: Kept,
  { after, since = 0 }: { readonly after?: string | undefined; readonly since?: number | undefined },
  world: BesideWorld,
): AsyncGenerator<RecordsOf> {
  const bucket = bucketOf(source.source);
  for (const { kind, isKept } of KINDS) {
    const prefix = kind.prefixOf(bucket);
    if (!isKept(source) || isBehind(prefix, after)) continue;
    const from = after?.startsWith(prefix) ? after : undefined;
    for await (const versions of byKey(vaultVersions(prefix, from, world)))
      yield await recordsOf(versions, kind, since, { source: source.source, bucket }, world);
  }
}

/** The records at one place, as they are now. @returns undefined when there is nothing */
export async function recordsAtPlace(
  source: string,
  vaultKey: string,
  world: BesideWorld,
): Promise<RecordsOf | undefined> {
  const bucket = bucketOf(source);
  const one = KINDS.find(({ kind }) => vaultKey.startsWith(kind.prefixOf(bucket)));
  for await (const versions of byKey(keyVersions(vaultKey, world)))
    if (one !== undefined) return recordsOf(versions, one.kind, 0, { source, bucket }, world);
  return undefined;
}

/** True when all keys of a prefix come before a key. */
function isBehind(prefix: string, after: string | undefined): boolean {
  return after !== undefined && !after.startsWith(prefix) && after > prefix;
}

/** All versions of each key, the newest first: as many as there were changes of tags, or of an ACL, in the retention. */
async function* byKey(versions: AsyncIterable<ListedVersion>): AsyncGenerator<Versions> {
  let some: [ListedVersion, ...ListedVersion[]] | undefined;
  for await (const version of versions) {
    if (some?.[0].key === version.key) {
      some.push(version);
      continue;
    }
    if (some !== undefined) yield some;
    some = [version];
  }
  if (some !== undefined) yield some;
}

type Versions = readonly [ListedVersion, ...ListedVersion[]];

async function recordsOf(
  versions: Versions,
  kind: RecordReading<Beside>,
  since: number,
  { source, bucket }: { readonly source: string; readonly bucket: string },
  world: BesideWorld,
): Promise<RecordsOf> {
  const [top] = versions;
  const base = { vaultKey: top.key, top, what: kind.what };
  if (top.lastModified < since) return { ...base, is: 'old' };
  let entry: Entry | undefined;
  let key: string | undefined;
  for (const version of versions) {
    if (version.deleteMarker) continue;
    const record = await recordOf(version, kind, bucket, world);
    if (record === undefined) continue;
    if (key === undefined) {
      ({ key } = record);
      entry = await world.catalog.getEntry(source, key);
      if (entry === undefined || entry.state === 'deleted') return { ...base, is: 'none', key };
    }
    if (record.vaultVersionId === entry?.vaultVersionId)
      return { ...base, is: version === top ? 'named' : 'covered', key };
  }
  return key === undefined ? { ...base, is: 'unknown' } : { ...base, is: 'none', key };
}

/** @returns undefined for what is no record, or that of another object */
async function recordOf(
  { key: vaultKey, versionId }: RealVersion,
  kind: RecordReading<Beside>,
  bucket: string,
  { store, settings }: BesideWorld,
): Promise<Beside | undefined> {
  const ref = { bucket: settings.vault, key: vaultKey, versionId };
  const record = await readRecord(kind, ref, { store });
  return record !== undefined && kind.placeOf(bucket, record.key) === vaultKey ? record : undefined;
}
