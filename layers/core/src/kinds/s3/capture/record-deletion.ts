import { defined } from '../../../model/defined.ts';
import type { Entry } from '../../../model/entry.ts';
import { withoutReason } from '../../../model/entry.ts';
import type { HeadResult, ObjectRef } from '../../../ports/object-store.ts';
import { type Copy, markDeleted } from '../../../vault/mark-deleted.ts';
import { vaultPlace } from '../model/vault-key.ts';
import { hideTags } from '../records/tags-record.ts';
import { type Attempt, type CaptureWorld, identity, type Tried, topOfVault, unchanged } from './attempt.ts';
import { isRecorded } from './is-covered.ts';
import { observe } from './observe.ts';

/**
 * Records that an object is proven to be gone at its source: tags on its copy, a delete marker on top of it, and the
 * entry last (I2). The marker starts the retention clock; the versions under it stay.
 */
export async function recordDeletion(attempt: Attempt, world: CaptureWorld): Promise<Tried> {
  const { change, prior } = attempt;
  const known = knownCopy(attempt, world);
  const copy = known ?? (await copyOnTop(attempt, world));
  if (copy === undefined && isNothingNew(attempt)) return unchanged(prior);
  // What was found in the vault after the look at the source may be of an object that has come back since.
  if (copy !== known && (await observe(change.bucket, change.key, world)).what !== 'absent')
    return 'lost-race';
  const now = world.clock();
  const deletedAt = change.kind === 'deleted' ? (change.at ?? now) : now;
  if (copy !== undefined) {
    if (!(await markDeleted(copy, deletedAt, world))) return 'lost-race';
    await hideTags(change, copy, world);
  }
  const after: Entry = {
    ...withoutReason(prior),
    ...identity(change, prior, now),
    state: 'deleted',
    deletedAt,
  };
  if (!(await world.catalog.putEntry(after, prior?.rev))) return 'lost-race';
  return { kind: copy === undefined ? 'vanished' : 'deleted', before: prior, after };
}

/**
 * Nothing is in the vault, and nothing else in the catalog. What an event told of is recorded all the same: of a creation, that
 * there was something that was not captured (I6); of a deletion, that it is gone, so that a handler which saw the object
 * before, and copies it after this, cannot record it as current: it is not the first any more, and looks again.
 */
function isNothingNew({ change, prior }: Attempt): boolean {
  if (prior === undefined) return change.kind !== 'created' && change.kind !== 'deleted';
  return prior.state === 'deleted' && (change.kind !== 'deleted' || isRecorded(change, prior));
}

/** The copy that was known before the source was looked at: what that is of is what is gone. */
function knownCopy({ change, prior, top }: Attempt, { settings }: CaptureWorld): Copy | undefined {
  const ref = { bucket: settings.vault, key: vaultPlace(change.bucket, change.key).key };
  if (top !== undefined) return copyOf(ref, top);
  if (prior?.state !== 'current' || prior.vaultVersionId === undefined) return undefined;
  const { vaultVersionId: versionId, vaultEtag: etag, size } = prior;
  return { ...ref, versionId, ...defined({ etag, size }) };
}

/** Where nothing is known of a copy, the vault is asked: a handler may have died before it recorded one. */
async function copyOnTop({ change, top }: Attempt, world: CaptureWorld): Promise<Copy | undefined> {
  if (top !== undefined) return undefined;
  const ref = { bucket: world.settings.vault, key: vaultPlace(change.bucket, change.key).key };
  return copyOf(ref, await topOfVault(change, world));
}

function copyOf(ref: ObjectRef, top: HeadResult): Copy | undefined {
  if (!top.found) return undefined;
  const { versionId, etag, size } = top.object;
  return { ...ref, etag, size, ...defined({ versionId }) };
}
