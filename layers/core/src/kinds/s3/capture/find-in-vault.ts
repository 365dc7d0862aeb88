import { defined } from '../../../model/defined.ts';
import type { ObjectFacts } from '../../../model/object.ts';
import { ownTags, withOrigin } from '../../../model/origin.ts';
import { keepsTagsBeside } from '../../../model/tag-bound.ts';
import type { Written } from '../../../ports/object-store.ts';
import { isIdentical } from '../../../vault/is-identical.ts';
import { vaultPlace } from '../model/vault-key.ts';
import { type Attempt, type CaptureWorld, sourceTags } from './attempt.ts';

/**
 * The copy of this very state that is on top in the vault already, made by a handler that died before it recorded it, or
 * by a rival that was faster: to be recorded, and not made again. An object in parts would take hours once more.
 */
export async function findInVault(
  { change: { bucket, key }, top }: Attempt,
  facts: ObjectFacts,
  { store, settings }: CaptureWorld,
): Promise<Written | undefined> {
  if (top?.found !== true) return undefined;
  const { versionId, etag, checksum } = top.object;
  const copy = { bucket: settings.vault, key: vaultPlace(bucket, key).key, ...defined({ versionId }) };
  // Those of a large object may be in a record beside it: what differs is compared when the copy is recorded.
  const own = keepsTagsBeside(facts.size, settings)
    ? ownTags(top.object.tagCount === 0 ? {} : await store.getTags(copy))
    : await sourceTags({ bucket, key }, facts, { store });
  const tags = withOrigin(own, facts);
  if (!(await isIdentical(facts, tags, top.object, copy, { store }))) return undefined;
  return { etag, ...defined({ versionId, checksum }) };
}
