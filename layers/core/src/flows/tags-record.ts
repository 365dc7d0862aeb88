import { defined } from '../model/defined.ts';
import { isStoreError } from '../model/errors.ts';
import type { ObjectFacts, Tags } from '../model/object.ts';
import { ownTags } from '../model/origin.ts';
import { bucketOf } from '../model/source-uri.ts';
import { keepsTagsBeside } from '../model/tag-bound.ts';
import { parseTagsRecord, type TagsRecord, tagsRecordText } from '../model/tags-record.ts';
import { tagsRecordKey } from '../model/vault-key.ts';
import { isSiteUri } from '../model/workdocs/site-uri.ts';
import type { ObjectRef } from '../ports/object-store.ts';
import type { World } from './dependencies.ts';
import { keyVersions } from './vault-history.ts';

type Place = { readonly bucket: string; readonly key: string };
type RecordWorld = Pick<World, 'store' | 'settings'>;

/** The record that is on top now, and the ETag on which the next one is written. */
export type RecordOnTop = { readonly record: TagsRecord; readonly etag: string };

export async function recordOnTop(
  { bucket, key }: Place,
  { store, settings }: RecordWorld,
): Promise<RecordOnTop | undefined> {
  const ref = { bucket: settings.vault, key: tagsRecordKey(bucket, key) };
  const head = await store.head(ref);
  if (!head.found) return undefined;
  try {
    const { etag, versionId } = head.object;
    return { record: parseTagsRecord(await store.get({ ...ref, ...defined({ versionId }) })), etag };
  } catch (error) {
    if (isStoreError(error, 'not-found')) return undefined;
    throw error;
  }
}

/**
 * Writes a record on top of the one that was seen. Earlier ones stay under it: their own history is that of the tags.
 *
 * @throws StoreError `precondition-failed` when somebody wrote one in between
 */
export async function putRecord(
  bucket: string,
  record: TagsRecord,
  seen: RecordOnTop | undefined,
  { store, settings }: RecordWorld,
): Promise<void> {
  const ref = { bucket: settings.vault, key: tagsRecordKey(bucket, record.key) };
  const condition = seen === undefined ? { ifAbsent: true as const } : { ifMatch: seen.etag };
  await store.put(ref, tagsRecordText(record), 'application/json', condition);
}

/** A copy that is no longer current. */
export type FormerCopy = { readonly versionId?: string | undefined; readonly size?: number | undefined };

/**
 * Hides the record of a copy that is no longer current: from now on it is kept for as long as that copy is. It is read all
 * the same; what is not hidden, since its handler died, is only kept for longer.
 */
export async function hideRecord(
  { bucket, key }: Place,
  { versionId, size }: FormerCopy,
  world: RecordWorld,
): Promise<void> {
  const { store, settings } = world;
  if (versionId === undefined || size === undefined || !keepsTagsBeside(size, settings)) return;
  const seen = await recordOnTop({ bucket, key }, world);
  if (seen?.record.vaultVersionId !== versionId) return;
  try {
    await store.hide({ bucket: settings.vault, key: tagsRecordKey(bucket, key), ifMatch: seen.etag });
  } catch (error) {
    // Another is on top by now, of a newer copy.
    if (!isStoreError(error, 'precondition-failed', 'not-found')) throw error;
  }
}

/** A copy in the vault whose tags are asked for. */
export type TaggedCopy = {
  /** As the catalog names it. A site's copies have no records of tags. */
  readonly source: string;
  readonly key: string;
  readonly from: Required<ObjectRef>;
  readonly copy: Pick<ObjectFacts, 'size' | 'tagCount' | 'lastModified'>;
  /** The moment, ms since 1970. */
  readonly at: number;
};

/**
 * The tags of a copy: what it carries itself, and the object's own as they were at a moment. Of a large copy the newest
 * record counts that was written by then and names it; delete markers only say for how long records are kept.
 */
export async function tagsAt(
  { from, copy, ...asked }: TaggedCopy,
  world: RecordWorld,
): Promise<{ readonly carried: Tags; readonly own: Tags }> {
  const carried = copy.tagCount === 0 ? {} : await world.store.getTags(from);
  if (isSiteUri(asked.source) || !keepsTagsBeside(copy.size, world.settings))
    return { carried, own: ownTags(carried) };
  return { carried, own: (await recordedTags({ from, copy, ...asked }, world)) ?? ownTags(carried) };
}

async function recordedTags(
  { source, key, from, copy, at }: TaggedCopy,
  world: RecordWorld,
): Promise<Tags | undefined> {
  const { store, settings } = world;
  const place = tagsRecordKey(bucketOf(source), key);
  for await (const version of keyVersions(place, world)) {
    if (version.deleteMarker || version.lastModified > at) continue;
    // From here on they are of copies that were made before this one.
    if (version.lastModified < copy.lastModified) return undefined;
    const { versionId } = version;
    const record = parseTagsRecord(await store.get({ bucket: settings.vault, key: place, versionId }));
    if (record.vaultVersionId === from.versionId) return record.tags;
  }
  return undefined;
}
