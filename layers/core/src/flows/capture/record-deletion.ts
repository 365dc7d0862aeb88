import { defined } from '../../model/defined.ts';
import type { Entry } from '../../model/entry.ts';
import { vaultPlace } from '../../model/vault-key.ts';
import type { HeadResult, ObjectRef } from '../../ports/object-store.ts';
import { hideRecord } from '../tags-record.ts';
import {
  type Attempt,
  type CaptureWorld,
  identity,
  type Tried,
  topOfVault,
  withoutReason,
} from './attempt.ts';
import { type Copy, markDeleted } from './mark-deleted.ts';
import { observe } from './observe.ts';

/**
 * Records that an object is proven to be gone at its source: tags on its copy, a delete marker on top of it, and the
 * entry last (I2). The marker starts the retention clock; the versions under it stay.
 */
export async function recordDeletion(attempt: Attempt, world: CaptureWorld): Promise<Tried> {
  const { change, prior } = attempt;
  const known = knownCopy(attempt, world);
  const copy = known ?? (await copyOnTop(attempt, world));
  if (copy === undefined && isNothingNew(attempt)) return { kind: 'unchanged', before: prior, after: prior };
  // What was found in the vault after the look at the source may be of an object that has come back since.
  if (copy !== known && (await observe(change.bucket, change.key, world)).what !== 'absent')
    return 'lost-race';
  const now = world.clock();
  const deletedAt = change.kind === 'deleted' ? (change.at ?? now) : now;
  if (copy !== undefined) {
    if (!(await markDeleted(copy, deletedAt, world))) return 'lost-race';
    await hideRecord(change, copy, world);
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

/** No entry and no copy: only a `created` event proves that there was something that could not be captured (I6). */
function isNothingNew({ change, prior }: Attempt): boolean {
  return prior === undefined ? change.kind !== 'created' : prior.state === 'deleted';
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
