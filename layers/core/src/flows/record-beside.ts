import { defined } from '../model/defined.ts';
import { isStoreError } from '../model/errors.ts';
import type { World } from './dependencies.ts';
import { keyVersions } from './vault-history.ts';

/** An object of a source. */
export type Place = { readonly bucket: string; readonly key: string };
type RecordWorld = Pick<World, 'store' | 'settings'>;

/** What every record beside a copy says: which copy it is about. */
type Beside = { readonly key: string; readonly vaultVersionId: string };

/** A kind of records: what the copies themselves do not carry. Each object has one key for them, whose versions are their history. */
export type RecordKind<R extends Beside> = {
  /** Where it is kept in the vault. */
  readonly placeOf: (bucket: string, key: string) => string;
  /** @throws {InvalidInputError} for a text that is no such record */
  readonly parse: (text: string) => R;
  readonly text: (record: R) => string;
};

/** The record that is on top now, and the ETag on which the next one is written. */
export type RecordOnTop<R> = { readonly record: R; readonly etag: string };

export async function recordOnTop<R extends Beside>(
  kind: RecordKind<R>,
  { bucket, key }: Place,
  { store, settings }: RecordWorld,
): Promise<RecordOnTop<R> | undefined> {
  const ref = { bucket: settings.vault, key: kind.placeOf(bucket, key) };
  const head = await store.head(ref);
  if (!head.found) return undefined;
  try {
    const { etag, versionId } = head.object;
    return { record: kind.parse(await store.get({ ...ref, ...defined({ versionId }) })), etag };
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
  seen: RecordOnTop<R> | undefined,
  { store, settings }: RecordWorld,
): Promise<RecordOnTop<R>> {
  const ref = { bucket: settings.vault, key: kind.placeOf(bucket, record.key) };
  const condition = seen === undefined ? { ifAbsent: true as const } : { ifMatch: seen.etag };
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
  if (seen?.record.vaultVersionId !== versionId) return;
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
 */
export async function recordAt<R extends Beside>(
  kind: RecordKind<R>,
  { bucket, key }: Place,
  { versionId, madeAt, at }: CopyAt,
  world: RecordWorld,
  isFromTheFirst: (record: R) => boolean = () => false,
): Promise<R | undefined> {
  const { store, settings } = world;
  const place = kind.placeOf(bucket, key);
  const read = async (version: string) =>
    kind.parse(await store.get({ bucket: settings.vault, key: place, versionId: version }));
  let next: string | undefined;
  for await (const version of keyVersions(place, world)) {
    if (version.deleteMarker) continue;
    if (version.lastModified > at) {
      next = version.versionId;
      continue;
    }
    // From here on they are of copies that were made before this one.
    if (version.lastModified < madeAt) break;
    const record = await read(version.versionId);
    if (record.vaultVersionId === versionId) return record;
  }
  const first = next === undefined ? undefined : await read(next);
  return first?.vaultVersionId === versionId && isFromTheFirst(first) ? first : undefined;
}
