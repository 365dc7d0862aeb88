import { pMapIterable } from 'p-map';
import { bucketOf } from '../../../model/bucket-uri.ts';
import type { ListedVersion } from '../../../model/object.ts';
import type { Change } from '../../../source/changes.ts';
import { isSameContent } from '../../../source/differences.ts';
import type { ChangesRequest, DatedChange } from '../../../source/source-kind.ts';
import type { RealVersion } from '../../../vault/vault-history.ts';
import { sameTags } from '../model/tags-record.ts';
import { tagsRecordPrefix } from '../model/vault-key.ts';
import { recordedChanges, type TagsWorld, tagsOfVersion } from '../records/tag-changes.ts';
import { bucketVersions, type SourceVersion } from './source-versions.ts';

const PAGE = 1000;
/** Objects whose tags are read at the same time. */
const AT_ONCE = 16;

/**
 * What happened to a bucket's objects, by one pass over the vault's versions, in constant memory. Where tags are read, what was
 * tagged comes too: out of order, and behind the rest where a record says it.
 */
export async function* bucketChanges(
  { source, prefix, since, tags, onProgress }: ChangesRequest,
  world: TagsWorld,
): AsyncGenerator<DatedChange> {
  const bucket = bucketOf(source);
  let seen = 0;
  const found = async function* (): AsyncGenerator<DatedChange | Again> {
    for await (const one of withOlder(bucketVersions(bucket, prefix, world))) {
      if (++seen % PAGE === 0) onProgress(seen);
      if (one.version.lastModified < since) continue;
      const change = changeOf(one);
      if (change !== undefined) yield { ...change, at: one.version.lastModified };
      else if (tags) yield* copyOnCopy(bucket, one);
    }
  };
  const look = async (one: DatedChange | Again): Promise<DatedChange | undefined> => {
    if ('kind' in one) return one;
    return (await hasOtherTags(one, world)) ? { ...TAGGED, at: one.version.lastModified } : undefined;
  };
  for await (const change of pMapIterable(found(), look, { concurrency: AT_ONCE }))
    if (change !== undefined) yield change;
  if (!tags) return;
  for await (const { at, key } of recordedChanges(bucket, tagsRecordPrefix(bucket), since, world))
    if (key.startsWith(prefix)) yield { ...TAGGED, at };
}

const TAGGED: Change = { kind: 'tagged', bytes: 0 };

/** A version, and the one before it of the same key. */
type WithOlder = {
  readonly key: string;
  readonly version: ListedVersion;
  readonly older: ListedVersion | undefined;
};

async function* withOlder(versions: AsyncIterable<SourceVersion>): AsyncGenerator<WithOlder> {
  let newer: SourceVersion | undefined;
  for await (const one of versions) {
    const isSame = newer?.version.key === one.version.key;
    if (newer !== undefined) yield { ...newer, older: isSame ? one.version : undefined };
    newer = one;
  }
  if (newer !== undefined) yield { ...newer, older: undefined };
}

function* copyOnCopy(bucket: string, { key, version, older }: WithOlder): Generator<Again> {
  if (version.deleteMarker || older === undefined || older.deleteMarker) return;
  yield { bucket, key, version, older };
}

/** A copy of the same bytes as the one below it. */
export type Again = {
  readonly bucket: string;
  readonly key: string;
  readonly version: RealVersion;
  readonly older: RealVersion;
};

/** Whether a copy was made with other tags than the one below it had by then; false when one of them has expired. */
export async function hasOtherTags(
  { bucket, key, version, older }: Again,
  world: TagsWorld,
): Promise<boolean> {
  const at = version.lastModified;
  const [tags, before] = await Promise.all([
    tagsOfVersion({ bucket, key, version }, at, world),
    tagsOfVersion({ bucket, key, version: older }, at, world),
  ]);
  return tags !== undefined && before !== undefined && !sameTags(tags, before);
}

/** @returns undefined for what changed nothing: the same content again, a marker on top of another */
function changeOf({ version, older }: WithOlder): Change | undefined {
  if (version.deleteMarker) {
    if (older?.deleteMarker) return undefined;
    return { kind: 'deleted', bytes: older?.size ?? 0 };
  }
  if (older === undefined || older.deleteMarker) return { kind: 'added', bytes: version.size };
  return isSameContent(older, version) ? undefined : { kind: 'overwritten', bytes: version.size };
}
