import { sourceUri } from '../../../model/bucket-uri.ts';
import { isStoreError } from '../../../model/errors.ts';
import type { Tags } from '../../../model/object.ts';
import { ownTags } from '../../../model/origin.ts';
import type { World } from '../../../ports/world.ts';
import { type RealVersion, vaultVersions } from '../../../vault/vault-history.ts';
import { sameTags, type TagsRecord } from '../model/tags-record.ts';
import { tagsRecordPrefix, vaultPlace } from '../model/vault-key.ts';
import { listedRecord } from './record-beside.ts';
import { TAGS, tagsAt } from './tags-record.ts';

export type TagsWorld = Pick<World, 'store' | 'settings'>;

/** A version in the vault of an object of a bucket. */
export type VersionOfKey = { readonly bucket: string; readonly key: string; readonly version: RealVersion };

/** A listing does not tell whether a version has tags. */
const MAYBE = 1;

/**
 * The own tags of a version as of a moment, ms since 1970. Takes a request for its tags, and for a large one those for its
 * record.
 *
 * @returns undefined when it has expired since it was listed
 */
export async function tagsOfVersion(
  { bucket, key, version }: VersionOfKey,
  at: number,
  world: TagsWorld,
): Promise<Tags | undefined> {
  const { size, lastModified, versionId } = version;
  const from = { bucket: world.settings.vault, key: version.key, versionId };
  const copy = { size, lastModified, tagCount: MAYBE };
  return orExpired(async () => (await tagsAt({ source: sourceUri(bucket), key, from, copy, at }, world)).own);
}

/**
 * Keys of the records of tags that were written after one moment and by another: one listing of all records. They are kept in
 * memory, some hundred bytes for each object whose tags changed in between.
 */
export async function recordsWritten(
  bucket: string,
  { from, to }: { readonly from: number; readonly to: number },
  world: TagsWorld,
): Promise<ReadonlySet<string>> {
  const written = new Set<string>();
  for await (const { key, lastModified, deleteMarker } of vaultVersions(
    tagsRecordPrefix(bucket),
    undefined,
    world,
  ))
    if (!deleteMarker && lastModified > from && lastModified <= to) written.add(key);
  return written;
}

/** When the tags of a large object became others, and what its copy is: ms since 1970. */
export type RecordedChange = { readonly at: number; readonly key: string; readonly vaultVersionId: string };

/**
 * Every change of tags that records beside large copies tell of, since a moment, ms since 1970: a request for each record that was written
 * since, and for the one before it, or its copy's own tags.
 *
 * @param prefix of keys in the vault: all records of a bucket, or those of one object
 */
export async function* recordedChanges(
  bucket: string,
  prefix: string,
  since: number,
  world: TagsWorld,
): AsyncGenerator<RecordedChange> {
  let newer: { readonly record: TagsRecord; readonly at: number; readonly place: string } | undefined;
  for await (const version of vaultVersions(prefix, undefined, world)) {
    const isSame = newer !== undefined && newer.place === version.key;
    if (version.deleteMarker || (!isSame && version.lastModified < since)) continue;
    const record = await listedRecord(TAGS, version, world);
    if (record === undefined) continue;
    if (newer !== undefined && !(isSame && record.vaultVersionId === newer.record.vaultVersionId))
      yield* changeFrom(newer, await carried(bucket, newer.record, world));
    else if (newer !== undefined) yield* changeFrom(newer, record.tags);
    const { lastModified: at, key: place } = version;
    newer = at < since ? undefined : { record, at, place };
  }
  if (newer !== undefined) yield* changeFrom(newer, await carried(bucket, newer.record, world));
}

function* changeFrom(
  { record: { key, vaultVersionId, tags }, at }: { readonly record: TagsRecord; readonly at: number },
  before: Tags | undefined,
): Generator<RecordedChange> {
  if (before === undefined || !sameTags(tags, before)) yield { at, key, vaultVersionId };
}

/** The own tags that a copy was made with. */
function carried(
  bucket: string,
  { key, vaultVersionId: versionId }: TagsRecord,
  { store, settings }: TagsWorld,
): Promise<Tags | undefined> {
  const place = vaultPlace(bucket, key).key;
  return orExpired(async () =>
    ownTags(await store.getTags({ bucket: settings.vault, key: place, versionId })),
  );
}

async function orExpired<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isStoreError(error, 'not-found')) return undefined;
    throw error;
  }
}
