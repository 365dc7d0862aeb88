import { pMapIterable } from 'p-map';
import { bucketOf } from '../../../model/bucket-uri.ts';
import { keepsTagsBeside } from '../../../model/tag-bound.ts';
import { type Comparison, type Difference, isSameContent } from '../../../source/differences.ts';
import { type RealVersion, refine, type VaultState } from '../../../vault/vault-history.ts';
import { sameTags } from '../model/tags-record.ts';
import { tagsRecordKey } from '../model/vault-key.ts';
import { recordsWritten, type TagsWorld, tagsOfVersion } from '../records/tag-changes.ts';
import { bucketVersions, type SourceVersion } from './source-versions.ts';

type States = { readonly key: string; readonly from: VaultState; readonly to: VaultState };

/** Objects whose tags are read at the same time. */
const AT_ONCE = 16;

/**
 * What changed in a bucket between two moments, by one pass over the vault's versions and in constant memory. The same content
 * written again, by ETag and size, is told apart.
 *
 * Where tags are read, those of large objects take one listing of all records beside copies, and memory for each record that was
 * written between the moments.
 */
export function compareBucketMoments(comparison: Comparison, world: TagsWorld): AsyncGenerator<Difference> {
  return comparison.tags === true
    ? compareTags(comparison, world)
    : comparePlain(comparison, NO_RECORDS, world);
}

/** Which objects, whose copy is the same, may have other tags. */
type MayBeTagged = (key: string, version: RealVersion) => boolean;
const NO_RECORDS: MayBeTagged = () => false;

async function* comparePlain(
  { source, prefix, from, to }: Comparison,
  mayBeTagged: MayBeTagged,
  world: TagsWorld,
): AsyncGenerator<Difference> {
  let states: States | undefined;
  for await (const one of bucketVersions(bucketOf(source), prefix, world)) {
    if (states !== undefined && states.from.vaultKey !== one.version.key)
      yield* difference(states, mayBeTagged);
    states = refineBoth(states, one, { from, to });
  }
  if (states !== undefined) yield* difference(states, mayBeTagged);
}

/** Looks at the tags of what has the same bytes, many at the same time, in the order of the keys. */
async function* compareTags(comparison: Comparison, world: TagsWorld): AsyncGenerator<Difference> {
  const bucket = bucketOf(comparison.source);
  const records = await recordsWritten(bucket, comparison, world);
  const mayBeTagged: MayBeTagged = (key, { size }) =>
    keepsTagsBeside(size, world.settings) && records.has(tagsRecordKey(bucket, key));
  const found = comparePlain(comparison, mayBeTagged, world);
  const look = (one: Difference) => withTags(one, comparison, world);
  for await (const one of pMapIterable(found, look, { concurrency: AT_ONCE }))
    if (one !== undefined) yield one;
}

/** @returns undefined for the same copy with the same tags */
async function withTags(
  difference: Difference,
  { source, from, to }: Comparison,
  world: TagsWorld,
): Promise<Difference | undefined> {
  const { key, change, before: was, after: is } = difference;
  if (change !== 'rewritten' || was === undefined || is === undefined) return difference;
  const bucket = bucketOf(source);
  const [before, after] = await Promise.all([
    tagsOfVersion({ bucket, key, version: was }, from, world),
    tagsOfVersion({ bucket, key, version: is }, to, world),
  ]);
  if (before !== undefined && after !== undefined && !sameTags(before, after))
    return { ...difference, change: 'tagged', tags: { before, after } };
  return was.versionId === is.versionId ? undefined : difference;
}

function refineBoth(
  states: States | undefined,
  { key, version }: SourceVersion,
  at: Pick<Comparison, 'from' | 'to'>,
): States {
  const vaultKey = version.key;
  const known = states?.from.vaultKey === vaultKey ? states : { from: { vaultKey }, to: { vaultKey } };
  return { key, from: refine(known.from, version, at.from), to: refine(known.to, version, at.to) };
}

function* difference({ key, from, to }: States, mayBeTagged: MayBeTagged): Generator<Difference> {
  const { vaultKey, current: before } = from;
  const after = to.current;
  if (before !== undefined && after !== undefined) {
    if (!isSameContent(before, after)) yield { key, vaultKey, change: 'changed', before, after };
    else if (before.versionId !== after.versionId || mayBeTagged(key, after))
      yield { key, vaultKey, change: 'rewritten', before, after };
  } else if (before !== undefined) yield { key, vaultKey, change: 'deleted', before };
  else if (after !== undefined) yield { key, vaultKey, change: 'added', after };
}
