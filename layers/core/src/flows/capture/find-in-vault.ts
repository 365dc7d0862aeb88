import type { ObjectFacts } from '../../model/object.ts';
import { vaultPlace } from '../../model/vault-key.ts';
import type { ObjectRef, Written } from '../../ports/object-store.ts';
import { isRight } from '../restore/is-right.ts';
import type { Attempt, CaptureWorld } from './attempt.ts';

/**
 * The copy of this very state that is on top in the vault already, made by a handler that died before it recorded it, or
 * by a rival that was faster: to be recorded, and not made again. An object in parts would take hours once more.
 */
export async function findInVault(
  { change: { bucket, key } }: Attempt,
  facts: ObjectFacts,
  { store, settings }: CaptureWorld,
): Promise<Written | undefined> {
  const place = { bucket: settings.vault, key: vaultPlace(bucket, key).key };
  const top = await store.head(place);
  if (!top.found) return undefined;
  const { versionId, etag, checksum } = top.object;
  const copy = { ...place, ...given(versionId) };
  if (!(await isRight(facts, await tagsOf({ bucket, key }, facts, store), top.object, copy, { store })))
    return undefined;
  return { etag, ...given(versionId), ...(checksum === undefined ? {} : { checksum }) };
}

async function tagsOf(source: ObjectRef, facts: ObjectFacts, store: CaptureWorld['store']) {
  return facts.tagCount === 0 ? {} : store.getTags({ ...source, ...given(facts.versionId) });
}

function given(versionId: string | undefined): { versionId?: string } {
  return versionId === undefined ? {} : { versionId };
}
