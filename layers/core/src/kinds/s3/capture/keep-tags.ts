import { defined } from '../../../model/defined.ts';
import type { ObjectFacts, Tags } from '../../../model/object.ts';
import { ownTags } from '../../../model/origin.ts';
import { keepsTagsBeside } from '../../../model/tag-bound.ts';
import { attributesDigest } from '../model/attributes.ts';
import { isBeside } from '../model/change.ts';
import { sameTags, type TagsRecord } from '../model/tags-record.ts';
import { vaultPlace } from '../model/vault-key.ts';
import { putRecord, recordOnTop, recordUnder, type SeenRecord } from '../records/record-beside.ts';
import { TAGS } from '../records/tags-record.ts';
import { type Attempt, type CaptureWorld, sourceTags, type Tried, unchanged } from './attempt.ts';

/** What the vault says of the tags of the copy on top: by themselves, or by a record beside a large one. */
type KeptTags = { readonly own: Tags; readonly record: SeenRecord<TagsRecord> | undefined };

/**
 * Of an object whose copy is on top and is of this very state: keeps its tags too, where they are others by now. A version's
 * own tags are never changed for it: a copy is made anew, with the same bytes (what `copyAnew` does), or, of a large one, a
 * record is written beside it. Only what was looked at in the vault is compared.
 *
 * @throws StoreError as the requests do: `precondition-failed` and `not-found` mean that somebody was faster
 */
export async function keepTags(
  attempt: Attempt,
  facts: ObjectFacts,
  world: CaptureWorld,
  copyAnew: () => Promise<Tried>,
): Promise<Tried> {
  const { change, prior, top } = attempt;
  if (top?.found !== true || isOfOldVersion(attempt, facts)) return unchanged(prior);
  const own = await sourceTags(change, facts, world);
  // Others than the HEAD counted: the object, or its tags, were written in between.
  if (Object.keys(own).length !== facts.tagCount) return 'lost-race';
  const kept = await keptTags(attempt, top.object, world);
  if (sameTags(own, kept.own) && kept.record?.isCovered !== true) return unchanged(prior);
  if (!keepsTagsBeside(facts.size, world.settings)) {
    const copied = await copyAnew();
    return copied === 'lost-race' || copied.kind !== 'captured' ? copied : { ...copied, kind: 'tagged' };
  }
  // Put again within the second, the same bytes with other metadata look the same: those tags are not this copy's.
  if (attributesDigest(facts) !== attributesDigest(top.object)) return unchanged(prior);
  const { versionId } = top.object;
  if (versionId === undefined || !(await isStillThere(attempt, facts, world))) return 'lost-race';
  const record = { key: change.key, vaultVersionId: versionId, tags: own, at: world.clock() };
  await putRecord(TAGS, change.bucket, record, kept.record, world);
  return { kind: 'tagged', before: prior, after: prior };
}

/** True for a tagging of another version than the current one: that one's copy is history. */
function isOfOldVersion({ change }: Attempt, { versionId }: ObjectFacts): boolean {
  if (!isBeside(change) || change.versionId === undefined) return false;
  return versionId !== undefined && change.versionId !== versionId;
}

async function keptTags(
  { change: { bucket, key }, inDoubt = false }: Attempt,
  { tagCount, size, versionId }: ObjectFacts,
  world: CaptureWorld,
): Promise<KeptTags> {
  const { store, settings } = world;
  const place = { bucket, key };
  const look = () => (inDoubt ? recordUnder(TAGS, place, versionId, world) : recordOnTop(TAGS, place, world));
  const record = keepsTagsBeside(size, settings) ? await look() : undefined;
  if (record?.record !== undefined && record.record.vaultVersionId === versionId)
    return { own: record.record.tags, record };
  const ref = { bucket: settings.vault, key: vaultPlace(bucket, key).key, ...defined({ versionId }) };
  return { own: tagCount === 0 ? {} : ownTags(await store.getTags(ref)), record };
}

/** Where there are no versions, the tags that were read may be of what was written after the look. */
async function isStillThere(
  { change: { bucket, key } }: Attempt,
  facts: ObjectFacts,
  { store }: CaptureWorld,
): Promise<boolean> {
  if (facts.versionId !== undefined) return true;
  const head = await store.head({ bucket, key });
  if (!head.found || attributesDigest(head.object) !== attributesDigest(facts)) return false;
  return head.object.etag === facts.etag && head.object.lastModified === facts.lastModified;
}
