import type { ObjectFacts, Tags } from '../model/object.ts';
import type { ObjectRef } from '../ports/object-store.ts';
import type { World } from '../ports/world.ts';

/**
 * True when the target already is what a restore would make of it: the same bytes by checksum or ETag, the same
 * headers, metadata and tags.
 */
export async function isIdentical(
  copy: ObjectFacts,
  tags: Tags,
  target: ObjectFacts,
  ref: ObjectRef,
  { store }: Pick<World, 'store'>,
): Promise<boolean> {
  if (copy.size !== target.size || !sameBytes(copy, target)) return false;
  if (!sameRecord(copy.headers, target.headers) || !sameRecord(copy.metadata, target.metadata)) return false;
  if (copy.websiteRedirect !== target.websiteRedirect) return false;
  if (Object.keys(tags).length !== target.tagCount) return false;
  return target.tagCount === 0 || sameRecord(tags, await store.getTags(ref));
}

/** An ETag is a hash of the bytes only for single, not KMS-encrypted writes: a checksum of one kind says more. */
function sameBytes(copy: ObjectFacts, target: ObjectFacts): boolean {
  if (copy.checksum !== undefined && copy.checksum.algorithm === target.checksum?.algorithm) {
    return copy.checksum.value === target.checksum.value;
  }
  return copy.etag === target.etag;
}

function sameRecord(
  a: Readonly<Record<string, string | undefined>>,
  b: Readonly<Record<string, string | undefined>>,
): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => a[key] === b[key]);
}
