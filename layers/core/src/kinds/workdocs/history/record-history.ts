import pMap from 'p-map';
import { isStoreError, messageOf } from '../../../model/errors.ts';
import type { ListedVersion } from '../../../model/object.ts';
import type { VaultReader } from '../../../ports/world.ts';
import {
  keyVersions,
  type RealVersion,
  refine,
  type VaultState,
  vaultVersions,
} from '../../../vault/vault-history.ts';
import { parseRecord, type SiteRecord } from '../model/records.ts';
import { type RecordKind, type RecordRef, recordOfKey, recordPrefix } from '../model/site-key.ts';

/** Records read at the same time: each is one small GET. */
const AT_ONCE = 32;
const PAGE = 1_000;

/** Of the kinds of records, the one of a kind. */
export type RecordOf<TKind extends RecordKind> = Extract<SiteRecord, { kind: TKind }>;

/** A user, folder or document as the vault had its record at a moment. */
export type RecordAt<TKind extends RecordKind> = {
  readonly id: string;
  /** Absent when it cannot be read; then `problem` says why. */
  readonly record?: RecordOf<TKind>;
  readonly problem?: string;
  /** The record's own version in the vault; absent when all have expired. */
  readonly version?: RealVersion;
  /** It was captured for the first time after the moment: this is its first record, and its own times have to tell more. */
  readonly later: boolean;
  /** When it was recorded as deleted, or as lying in a recycle bin: ms since 1970, not after the moment. */
  readonly deletedAt?: number;
};

type Chosen = {
  readonly ref: RecordRef;
  readonly state: VaultState;
  readonly oldest: RealVersion | undefined;
  readonly newest: RealVersion | undefined;
};

/**
 * All records of a kind as of a moment, in no order to rely on. Records that nobody can read come with the reason, so that
 * one of them does not keep a site from being restored.
 *
 * @param bins ids of recycle bins: what lies in one is deleted, and is told of as it was before
 */
export async function* recordsAt<TKind extends RecordKind>(
  site: string,
  kind: TKind,
  at: number,
  bins: ReadonlySet<string>,
  world: VaultReader,
): AsyncGenerator<RecordAt<TKind>> {
  for await (const some of inPages(chosenVersions(site, kind, at, world))) {
    yield* await pMap(some, (chosen) => read(kind, chosen, at, bins, world), { concurrency: AT_ONCE });
  }
}

async function* inPages<T>(things: AsyncIterable<T>): AsyncGenerator<T[]> {
  let page: T[] = [];
  for await (const thing of things) {
    page.push(thing);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  yield page;
}

/** Of each record the version that counts at a moment, and the first and the last one there is. */
async function* chosenVersions(
  site: string,
  kind: RecordKind,
  at: number,
  world: VaultReader,
): AsyncGenerator<Chosen> {
  let chosen: Chosen | undefined;
  for await (const version of vaultVersions(recordPrefix(site, kind), undefined, world)) {
    if (version.key !== chosen?.state.vaultKey) {
      if (chosen !== undefined) yield chosen;
      const ref = recordOfKey(site, version.key);
      chosen =
        ref === undefined
          ? undefined
          : { ref, state: { vaultKey: version.key }, oldest: undefined, newest: undefined };
    }
    if (chosen !== undefined) chosen = next(chosen, version, at);
  }
  if (chosen !== undefined) yield chosen;
}

function next({ ref, state, oldest, newest }: Chosen, version: ListedVersion, at: number): Chosen {
  const refined = { ref, state: refine(state, version, at) };
  if (version.deleteMarker) return { ...refined, oldest, newest };
  return { ...refined, oldest: version, newest: newest ?? version };
}

async function read<TKind extends RecordKind>(
  kind: TKind,
  { ref: { id }, state, oldest, newest }: Chosen,
  at: number,
  bins: ReadonlySet<string>,
  world: VaultReader,
): Promise<RecordAt<TKind>> {
  const { current, deleted } = state;
  const later = current === undefined && deleted === undefined;
  const version = current ?? (deleted === undefined ? oldest : deleted.last);
  const deletedAt = deleted === undefined ? {} : { deletedAt: deleted.at };
  if (version === undefined) return { id, later, problem: 'its records have expired', ...deletedAt };
  const first = await readVersion(kind, id, version, world);
  // An import writes a record again and again, as it finds more of a document: only the last has all of its past.
  const isImport = later && first.record?.importedFrom !== undefined && newest !== undefined;
  const found = isImport ? await readVersion(kind, id, newest, world) : first;
  const { record } = found;
  if (record === undefined || !isRecycled(record, bins))
    return { id, version: isImport ? newest : version, later, ...found, ...deletedAt };
  const before = await beforeRecycling(kind, id, version, bins, world);
  return { id, version, record, later, ...before, deletedAt: Math.min(deleted?.at ?? at, before.since) };
}

/** @returns the record, or why there is none */
async function readVersion<TKind extends RecordKind>(
  kind: TKind,
  id: string,
  { key, versionId }: RealVersion,
  { store, settings }: VaultReader,
): Promise<{ readonly record?: RecordOf<TKind>; readonly problem?: string }> {
  try {
    const record = parseRecord(await store.get({ bucket: settings.vault, key, versionId }), key);
    if (isOf(kind, record) && record.id === id) return { record };
    return { problem: `${key} is a record of something else` };
  } catch (error) {
    if (isStoreError(error) && error.remedy === 'retry') throw error;
    return { problem: messageOf(error) };
  }
}

function isOf<TKind extends RecordKind>(kind: TKind, record: SiteRecord): record is RecordOf<TKind> {
  return record.kind === kind;
}

function isRecycled(record: SiteRecord, bins: ReadonlySet<string>): boolean {
  if (record.kind === 'user') return false;
  return /^RECYCL/.test(record.status ?? '') || bins.has(record.parentId ?? '');
}

/** What a record said before its thing was put into a recycle bin, and since when it says so. */
async function beforeRecycling<TKind extends RecordKind>(
  kind: TKind,
  id: string,
  recycled: RealVersion,
  bins: ReadonlySet<string>,
  world: VaultReader,
): Promise<{ readonly record?: RecordOf<TKind>; readonly version?: RealVersion; readonly since: number }> {
  let since = recycled.lastModified;
  let isOlder = false;
  for await (const version of keyVersions(recycled.key, world)) {
    const isIt = version.versionId === recycled.versionId;
    if (isOlder && !version.deleteMarker) {
      const { record } = await readVersion(kind, id, version, world);
      if (record !== undefined && !isRecycled(record, bins)) return { record, version, since };
      since = version.lastModified;
    }
    isOlder ||= isIt;
  }
  return { since };
}
