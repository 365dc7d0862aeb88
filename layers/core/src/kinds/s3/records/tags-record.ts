import { bucketOf } from '../../../model/bucket-uri.ts';
import { ownTags } from '../../../model/origin.ts';
import { keepsTagsBeside } from '../../../model/tag-bound.ts';
import type { World } from '../../../ports/world.ts';
import { type CopyAt, carriedTags, type TagsAt } from '../../../source/beside.ts';
import { parseTagsRecord, type TagsRecord, tagsRecordText } from '../model/tags-record.ts';
import { tagsRecordKey, tagsRecordPrefix } from '../model/vault-key.ts';
import { hideRecord, type Place, type RecordKind, recordAt } from './record-beside.ts';

type RecordWorld = Pick<World, 'store' | 'settings'>;

/** What tags a copy has that is too large to be made again for them. */
export const TAGS: RecordKind<TagsRecord> = {
  what: 'tags',
  prefixOf: tagsRecordPrefix,
  placeOf: tagsRecordKey,
  parse: parseTagsRecord,
  text: tagsRecordText,
};

/** A copy that is no longer current. */
export type FormerCopy = { readonly versionId?: string | undefined; readonly size?: number | undefined };

/** Hides the record of the tags of a copy that is no longer current, where there may be one. */
export async function hideTags(
  place: Place,
  { versionId, size }: FormerCopy,
  world: RecordWorld,
): Promise<void> {
  if (versionId === undefined || size === undefined || !keepsTagsBeside(size, world.settings)) return;
  await hideRecord(TAGS, place, versionId, world);
}

/**
 * The tags of a copy: what it carries itself, and the object's own as they were at a moment. Of a large copy the newest
 * record counts that was written by then and names it.
 */
export async function tagsAt({ source, key, from, copy, at }: CopyAt, world: RecordWorld): Promise<TagsAt> {
  const carried = await carriedTags(from, copy, world);
  if (!keepsTagsBeside(copy.size, world.settings)) return { carried, own: ownTags(carried) };
  const asked = { versionId: from.versionId, madeAt: copy.lastModified, at };
  const record = await recordAt(TAGS, { bucket: bucketOf(source), key }, asked, world);
  return { carried, own: record?.tags ?? ownTags(carried) };
}
