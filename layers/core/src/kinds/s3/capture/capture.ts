import { sourceUri } from '../../../model/bucket-uri.ts';
import type { CaptureOutcome } from '../../../model/capture-outcome.ts';
import { type Entry, isSameState, type UnprotectedReason } from '../../../model/entry.ts';
import { ContentionError, isStoreError, messageOf } from '../../../model/errors.ts';
import type { ObjectFacts } from '../../../model/object.ts';
import { keepsTagsBeside } from '../../../model/tag-bound.ts';
import type { Change } from '../model/change.ts';
import { type Attempt, type CaptureWorld, type Tried, topOfVault, unchanged } from './attempt.ts';
import { beginLargeCopy, isBegunWith, sendLargeCopy } from './begin-large-copy.ts';
import { copyIntoVault } from './copy-into-vault.ts';
import { findInVault } from './find-in-vault.ts';
import { isCovered, isOfKnownEvent, isRecorded, mayBeBack } from './is-covered.ts';
import { settleAcl } from './keep-acl.ts';
import { keepTags } from './keep-tags.ts';
import { observe } from './observe.ts';
import { recordAlive, recordCopy, recordUnprotected } from './record.ts';
import { recordDeletion } from './record-deletion.ts';

const MAX_ATTEMPTS = 5;

export type CaptureOptions = {
  /**
   * The message was delivered before: its first handler may have died between copy and record, so an entry that looks
   * right is checked against the vault, and a large copy that it says has begun may have nobody who goes on with it.
   */
  readonly recheck: boolean;
  /** Somebody is known to go on with a large copy that the entry names. */
  readonly trustUploads?: boolean;
  /**
   * Only what is kept beside a copy is in doubt. Where the source is not as it is recorded, nothing is done: the comparison of
   * listings, or an event, sees that for itself, and counts it.
   */
  readonly onlyBeside?: boolean;
  /** The ACLs of the source's objects are remembered; how often the message was delivered. */
  readonly acls?: { readonly receiveCount: number } | undefined;
};

/**
 * Brings one object's present state into the vault and the catalog: data first, then the record (I2), on what the
 * source says now and not on what the event said (I3).
 *
 * @throws {ContentionError} when others kept recording the same key; {@link StoreError} for the queue to retry
 */
export async function capture(
  change: Change,
  world: CaptureWorld,
  options: CaptureOptions,
): Promise<CaptureOutcome> {
  const source = sourceUri(change.bucket);
  for (let tried = 0; tried < MAX_ATTEMPTS; tried++) {
    // Every write below is conditional on what was read, however long ago: the reconcile's reading does as well.
    const known = tried === 0 && change.unrecorded === true && options.recheck !== true;
    const prior = known ? undefined : await world.catalog.getEntry(source, change.key);
    // An object that failed before may have a copy in the vault that nobody recorded.
    // Of tags and ACLs, neither the entry nor a listing says anything.
    const isBeside = change.tags === true || change.acl === true;
    const doubt = tried > 0 || options.recheck || prior?.state === 'unprotected' || isBeside;
    if (!doubt && isDone(change, prior)) return unchanged(prior);
    const top = doubt ? await topOfVault(change, world) : undefined;
    const outcome = await tryCapture({ change, prior, top, inDoubt: options.recheck }, world, options);
    if (outcome === 'uncovered') return unchanged(prior);
    if (outcome !== 'lost-race') return withAcl(outcome, change, options, world);
  }
  throw new ContentionError(`"${change.key}" in ${source} kept changing while it was captured`);
}

/** True when nothing has to be looked at. */
function isDone(change: Change, prior: Entry | undefined): boolean {
  if (!isRecorded(change, prior)) return false;
  return prior?.state !== 'current' || !mayBeBack(change, prior);
}

/** The outcome, and what became of the ACL, where those are remembered. */
export async function withAcl(
  outcome: CaptureOutcome,
  change: Pick<Change, 'bucket' | 'key'>,
  { acls, recheck: inDoubt = false }: Partial<Pick<CaptureOptions, 'acls' | 'recheck'>>,
  world: CaptureWorld,
): Promise<CaptureOutcome> {
  if (acls === undefined) return outcome;
  const settled = await settleAcl(outcome, change, { ...acls, inDoubt }, world);
  return { ...outcome, ...settled };
}

/** @returns `uncovered` where only what is beside a copy was asked for, and the source is not as it is recorded */
async function tryCapture(
  attempt: Attempt,
  world: CaptureWorld,
  options: CaptureOptions,
): Promise<Tried | 'uncovered'> {
  const { change } = attempt;
  const seen = await observe(change.bucket, change.key, world);
  const facts = seen.what === 'absent' ? undefined : seen.facts;
  const covered = facts !== undefined && (await isCovered(attempt, facts, world));
  if (options.onlyBeside === true && !covered) return 'uncovered';
  if (seen.what === 'absent') return recordDeletion(attempt, world);
  // What was archived after it was captured cannot be read any more, and need not be.
  if (covered) return recordAlive(attempt, await tryTags(attempt, facts, world), world);
  if (seen.what === 'unreadable')
    return recordUnprotected(attempt, seen.reason, world, { facts: seen.facts });
  const found = await orUnprotected(attempt, seen.facts, world, () =>
    recordFound(attempt, seen.facts, world),
  );
  if (found !== undefined) return found;
  if (seen.facts.size > world.settings.multipartThresholdBytes)
    return captureLarge(attempt, seen.facts, world, options);
  return copyAndRecord(attempt, seen.facts, world);
}

function copyAndRecord(attempt: Attempt, facts: ObjectFacts, world: CaptureWorld): Promise<Tried> {
  return orUnprotected(attempt, facts, world, async () =>
    recordCopy(attempt, facts, await copyIntoVault(attempt, facts, world), world),
  );
}

/** The bytes and their record are as they should be: are the tags, too? */
function tryTags(attempt: Attempt, facts: ObjectFacts, world: CaptureWorld): Promise<Tried> {
  return orUnprotected(attempt, facts, world, () =>
    keepTags(attempt, facts, world, () => copyAndRecord(attempt, facts, world)),
  );
}

/**
 * Records a copy that is there already. Of a large one it was not asked whether it has the tags of now.
 *
 * @returns undefined when there is none
 */
async function recordFound(
  attempt: Attempt,
  facts: ObjectFacts,
  world: CaptureWorld,
): Promise<Tried | undefined> {
  const copy = await findInVault(attempt, facts, world);
  if (copy === undefined) return undefined;
  const recorded = await recordCopy(attempt, facts, copy, world);
  if (recorded === 'lost-race' || !keepsTagsBeside(facts.size, world.settings)) return recorded;
  // A tagging of a version that is no longer current made us look: the tags of the one that is now recorded are meant.
  const { versionId: _, ...change } = attempt.change;
  const tagged = await tryTags({ ...attempt, change, prior: recorded.after }, facts, world);
  return tagged === 'lost-race' ? tagged : recorded;
}

async function orUnprotected<T>(
  attempt: Attempt,
  facts: ObjectFacts,
  world: CaptureWorld,
  work: () => Promise<T>,
): Promise<T | Tried> {
  try {
    return await work();
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

async function captureLarge(
  attempt: Attempt,
  facts: ObjectFacts,
  world: CaptureWorld,
  { recheck, trustUploads = false }: CaptureOptions,
): Promise<Tried> {
  const { change, prior } = attempt;
  if (prior?.uploadId !== undefined && isUnderWay(change, prior, facts, world.clock())) {
    // Who began it may have died before the message was sent that goes on with it, and this be the same event once more.
    if (!trustUploads && (recheck || isOfKnownEvent(change, prior)))
      await sendLargeCopy(change, facts, prior.uploadId, world);
    return recordAlive(attempt, { kind: 'copying', before: prior, after: prior }, world);
  }
  return beginLargeCopy(attempt, facts, world);
}

/** A copy of this very state has begun and is alive: a second one would only cost. */
function isUnderWay(change: Change, prior: Entry, facts: ObjectFacts, now: number): boolean {
  if (prior.reason !== 'copying' || now - prior.updatedAt >= SIGN_OF_LIFE_MS) return false;
  if (!isSameState(prior, facts) || !isBegunWith(prior, facts)) return false;
  // As in isCovered: without a version id, a newer event may speak of other metadata on the same bytes.
  return change.kind !== 'created' || facts.versionId !== undefined || isOfKnownEvent(change, prior);
}

/** A large copy that is alive signs its entry at every step: a quarter of an hour, and some retries, apart. */
const SIGN_OF_LIFE_MS = 3 * 3600 * 1000;
