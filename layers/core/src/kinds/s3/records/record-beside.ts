import { defined } from '../../../model/defined.ts';
import { InvalidInputError, isStoreError } from '../../../model/errors.ts';
import type { ObjectRef, ObjectStore } from '../../../ports/object-store.ts';
import type { World } from '../../../ports/world.ts';
import { keyVersions, type RealVersion } from '../../../vault/vault-history.ts';

/** An object of a source. */
export type Place = { readonly bucket: string; readonly key: string };
type RecordWorld = Pick<World, 'store' | 'settings'>;

/** What every record beside a copy says: which copy it is about. */
export type Beside = { readonly key: string; readonly vaultVersionId: string };

/** A kind of records: what the copies themselves do not carry. Each object has one key for them, whose versions are their history. */
export type RecordKind<R extends Beside> = RecordReading<R> & {
  readonly text: (record: R) => string;
};

/** As much of it as whoever only reads has to know. */
export type RecordReading<R extends Beside> = {
  /** What it says of the object, in a word: `tags`. */
  readonly what: string;
  /** Where all of a bucket are kept in the vault. */
  readonly prefixOf: (bucket: string) => string;
  /** Where it is kept in the vault. */
  readonly placeOf: (bucket: string, key: string) => string;
  /** @throws {InvalidInputError} for a text that is no such record */
  readonly parse: (text: string) => R;
};

/** What was seen of an object's records, and the ETag on which the next one is written; none: nothing is on top. */
export type SeenRecord<R> = {
  /** Undefined where what is on top is no record of the object: somebody put it there. */
  readonly record: R | undefined;
  readonly etag: string | undefined;
  /** It is the record of the copy, and a delete marker or something else lies on it, under which it expires. */
  readonly isCovered?: true;
};

/** The record that is on top now. */
export async function recordOnTop<R extends Beside>(
  kind: RecordKind<R>,
  { bucket, key }: Place,
  { store, settings }: RecordWorld,
): Promise<SeenRecord<R> | undefined> {
  const ref = { bucket: settings.vault, key: kind.placeOf(bucket, key) };
  const head = await store.head(ref);
  if (!head.found) return undefined;
  const { etag, versionId } = head.object;
  try {
    const record = await readRecord(kind, { ...ref, ...defined({ versionId }) }, { store });
    return { record: record?.key === key ? record : undefined, etag };
  } catch (error) {
    if (isStoreError(error, 'not-found')) return undefined;
    throw error;
  }
}

/**
 * The record that counts for a copy, wherever it lies: a restore reads it under a delete marker, too. In doubt, whoever writes
 * the next one has to know of it. Takes a listing and a GET, and a GET more for each record that lies on it.
 *
 * @param versionId of the copy
 */
export async function recordUnder<R extends Beside>(
  kind: RecordKind<R>,
  { bucket, key }: Place,
  versionId: string | undefined,
  world: RecordWorld,
): Promise<SeenRecord<R> | undefined> {
  let top: SeenRecord<R> | undefined;
  for await (const version of keyVersions(kind.placeOf(bucket, key), world)) {
    if (version.deleteMarker) {
      top ??= { record: undefined, etag: undefined };
      continue;
    }
    const ref = { bucket: world.settings.vault, key: version.key, versionId: version.versionId };
    const read = await readRecord(kind, ref, world);
    const record = read?.key === key ? read : undefined;
    if (record !== undefined && record.vaultVersionId === versionId)
      return top === undefined ? { record, etag: version.etag } : { ...top, record, isCovered: true };
    top ??= { record, etag: version.etag };
  }
  return top?.etag === undefined ? undefined : top;
}

/** @returns undefined for what is no record @throws StoreError `not-found` */
export async function readRecord<R extends Beside>(
  kind: RecordReading<R>,
  ref: ObjectRef,
  { store }: { readonly store: Pick<ObjectStore, 'get'> },
): Promise<R | undefined> {
  try {
    return kind.parse(await store.get(ref));
  } catch (error) {
    // Somebody put it there. What nobody can read says nothing, and must not keep an object from its backup.
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

/** A record whose version was listed. @returns undefined for what is no record, or has expired since */
export async function listedRecord<R extends Beside>(
  kind: RecordReading<R>,
  { key, versionId }: Pick<RealVersion, 'key' | 'versionId'>,
  { store, settings }: RecordWorld,
): Promise<R | undefined> {
  try {
    return await readRecord(kind, { bucket: settings.vault, key, versionId }, { store });
  } catch (error) {
    if (isStoreError(error, 'not-found')) return undefined;
    throw error;
  }
}

/**
 * Writes a record on top of the one that was seen. Earlier ones stay under it: their history is that of what they say.
 *
 * @returns what is on top now
 * @throws StoreError `precondition-failed` when somebody wrote one in between
 */
export async function putRecord<R extends Beside>(
  kind: RecordKind<R>,
  bucket: string,
  record: R,
  seen: Pick<SeenRecord<R>, 'etag'> | undefined,
  { store, settings }: RecordWorld,
): Promise<SeenRecord<R>> {
  const ref = { bucket: settings.vault, key: kind.placeOf(bucket, record.key) };
  const condition = seen?.etag === undefined ? { ifAbsent: true as const } : { ifMatch: seen.etag };
  const { etag } = await store.put(ref, kind.text(record), 'application/json', condition);
  return { record, etag };
}

/**
 * Hides the record of a copy that is no longer current: from now on it is kept for as long as that copy is. It is read all
 * the same; what is not hidden, since its handler died, is only kept for longer.
 */
export async function hideRecord<R extends Beside>(
  kind: RecordKind<R>,
  { bucket, key }: Place,
  versionId: string,
  world: RecordWorld,
): Promise<void> {
  const { store, settings } = world;
  const seen = await recordOnTop(kind, { bucket, key }, world);
  if (seen?.etag === undefined || seen.record?.vaultVersionId !== versionId) return;
  try {
    await store.hide({ bucket: settings.vault, key: kind.placeOf(bucket, key), ifMatch: seen.etag });
  } catch (error) {
    // Another is on top by now, of a newer copy.
    if (!isStoreError(error, 'precondition-failed', 'not-found')) throw error;
  }
}

/** A copy in the vault, and the moment of which its records are asked, ms since 1970. */
export type CopyAt = {
  readonly versionId: string;
  /** When the copy was made, as the vault dates it. */
  readonly madeAt: number;
  readonly at: number;
};

/**
 * The record of a copy as of a moment: the newest that was written by then and names it. Delete markers only say for how
 * long records are kept.
 *
 * @param isFromTheFirst tells of a record that came a little after its copy whether it is as old as that
 * @throws {InvalidInputError} for what is no record: nothing is to be guessed
 */
export async function recordAt<R extends Beside>(
  kind: RecordKind<R>,
  { bucket, key }: Place,
  { versionId, madeAt, at }: CopyAt,
  world: RecordWorld,
  isFromTheFirst?: (record: R) => boolean,
): Promise<R | undefined> {
  const place = kind.placeOf(bucket, key);
  const refOf = (version: string) => ({ bucket: world.settings.vault, key: place, versionId: version });
  let next: string | undefined;
  for await (const version of keyVersions(place, world)) {
    if (version.deleteMarker) continue;
    if (version.lastModified > at) {
      next = version.versionId;
      continue;
    }
    // From here on they are of copies that were made before this one.
    if (version.lastModified < madeAt) break;
    const record = kind.parse(await world.store.get(refOf(version.versionId)));
    if (record.key !== key) throw new InvalidInputError(`${place} is a record of another object`);
    if (record.vaultVersionId === versionId) return record;
  }
  if (next === undefined || isFromTheFirst === undefined) return undefined;
  const first = await readRecord(kind, refOf(next), world);
  const isIts = first?.key === key && first.vaultVersionId === versionId;
  return isIts && isFromTheFirst(first) ? first : undefined;
}
