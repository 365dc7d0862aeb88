import type { Change } from '../../model/change.ts';
import { isSameState, type UnprotectedReason } from '../../model/entry.ts';
import { ContentionError, isStoreError, messageOf } from '../../model/errors.ts';
import type { ObjectFacts } from '../../model/object.ts';
import { sourceUri } from '../../model/source-uri.ts';
import type { Attempt, CaptureOutcome, CaptureWorld, Tried } from './attempt.ts';
import { beginLargeCopy } from './begin-large-copy.ts';
import { copyIntoVault } from './copy-into-vault.ts';
import { isCovered, isRecorded } from './is-covered.ts';
import { observe } from './observe.ts';
import { recordCopy, recordUnprotected } from './record.ts';
import { recordDeletion } from './record-deletion.ts';

const MAX_ATTEMPTS = 5;

/**
 * Brings one object's present state into the vault and the catalog: data first, then the record (I2), on what the
 * source says now and not on what the event said (I3).
 *
 * @param options.recheck true for a message that was delivered before: its first handler may have died between copy
 *   and record, so an entry that looks right is checked against the vault
 * @throws {ContentionError} when others kept recording the same key; {@link StoreError} for the queue to retry
 */
export async function capture(
  change: Change,
  world: CaptureWorld,
  options: { recheck?: boolean } = {},
): Promise<CaptureOutcome> {
  const source = sourceUri(change.bucket);
  for (let tried = 0; tried < MAX_ATTEMPTS; tried++) {
    const prior = await world.catalog.getEntry(source, change.key);
    const doubt = tried > 0 || options.recheck === true;
    if (!doubt && isRecorded(change, prior)) return { kind: 'unchanged', before: prior, after: prior };
    const outcome = await tryCapture({ change, prior, doubt }, world);
    if (outcome !== 'lost-race') return outcome;
  }
  throw new ContentionError(`"${change.key}" in ${source} kept changing while it was captured`);
}

async function tryCapture(attempt: Attempt, world: CaptureWorld): Promise<Tried> {
  const { change } = attempt;
  const seen = await observe(change.bucket, change.key, world);
  if (seen.what === 'absent') return recordDeletion(attempt, world);
  if (seen.what === 'unreadable')
    return recordUnprotected(attempt, seen.reason, world, { facts: seen.facts });
  if (await isCovered(attempt, seen.facts, world)) {
    return { kind: 'unchanged', before: attempt.prior, after: attempt.prior };
  }
  if (seen.facts.size > world.settings.multipartThresholdBytes)
    return captureLarge(attempt, seen.facts, world);
  return copyAndRecord(attempt, seen.facts, world);
}

async function copyAndRecord(attempt: Attempt, facts: ObjectFacts, world: CaptureWorld): Promise<Tried> {
  try {
    const written = await copyIntoVault(attempt, facts, world);
    return await recordCopy(attempt, facts, written, world);
  } catch (error) {
    // Either the source changed after the HEAD, or the vault is not as the entry says: look again at both.
    if (isStoreError(error, 'not-found', 'precondition-failed')) return 'lost-race';
    if (isStoreError(error, 'access-denied', 'archived', 'customer-key')) {
      const reason = error.code as UnprotectedReason;
      return recordUnprotected(attempt, reason, world, { facts, detail: messageOf(error) });
    }
    throw error;
  }
}

async function captureLarge(attempt: Attempt, facts: ObjectFacts, world: CaptureWorld): Promise<Tried> {
  const { prior } = attempt;
  // A copy of this state is under way; while its upload can still be alive, a second one would only cost.
  const underWay = prior?.reason === 'copying' && prior.state === 'unprotected' && isSameState(prior, facts);
  if (underWay && world.clock() - prior.updatedAt < UPLOAD_LIFETIME_MS) {
    return { kind: 'copying', before: prior, after: prior };
  }
  await beginLargeCopy(attempt, facts, world);
  const recorded = await recordUnprotected(attempt, 'copying', world, { facts });
  return recorded === 'lost-race' ? recorded : { ...recorded, kind: 'copying' };
}

/** The template's lifecycle aborts multipart uploads after seven days. */
const UPLOAD_LIFETIME_MS = 7 * 24 * 3600 * 1000;
