import { type KeptAcl, keptAcl, sameAcl } from '../../../model/acl.ts';
import type { CaptureOutcome } from '../../../model/capture-outcome.ts';
import { defined } from '../../../model/defined.ts';
import type { Entry } from '../../../model/entry.ts';
import { ContentionError, isStoreError, StoreError } from '../../../model/errors.ts';
import { mayStillPass } from '../../../vault/denied.ts';
import type { AclRecord } from '../model/acl-record.ts';
import { ACLS } from '../records/acl-record.ts';
import {
  hideRecord,
  type Place,
  putRecord,
  recordOnTop,
  recordUnder,
  type SeenRecord,
} from '../records/record-beside.ts';
import type { CaptureWorld } from './attempt.ts';

const MAX_ATTEMPTS = 5;

type AclWorld = Pick<CaptureWorld, 'store' | 'settings' | 'clock'>;

/** What became of an ACL; nothing where it is the default one, as it was before. */
type Settled = Pick<CaptureOutcome, 'acl' | 'aclWritten'>;

export type AclOptions = {
  /** How often the message was delivered: access that is denied is worth another look. */
  readonly receiveCount: number;
  /** The record may be hidden, or lie under what somebody put there. */
  readonly inDoubt: boolean;
};

/**
 * Remembers the ACL of what was captured, or looked at, where it is not the default one, by a record beside the copy; and lets
 * go of the record of a copy that is no longer current. To be called behind the capture, as often as that comes.
 */
export async function settleAcl(
  { before, after }: CaptureOutcome,
  place: Place,
  options: AclOptions,
  world: AclWorld,
): Promise<Settled> {
  if (after?.vaultVersionId === undefined) return {};
  if (after.state === 'deleted') {
    await hideRecord(ACLS, place, after.vaultVersionId, world);
    return {};
  }
  if (after.state !== 'current') return {};
  // A tagging can be kept beside the copy, which then is the one of before.
  const isNew = before?.vaultVersionId !== after.vaultVersionId;
  // No record can be there of an object that had no copy before.
  const seen = isNew && before?.vaultVersionId === undefined ? 'none' : 'unknown';
  return keepAcl(after, { isNew, seen, ...options }, place, world);
}

type Known = AclOptions & {
  /** The copy was made just now. */
  readonly isNew: boolean;
  readonly seen: 'none' | 'unknown';
};

/**
 * The record is looked at before the ACL is, and written on top of what was seen, so that of two handlers the one that read
 * earlier cannot have the last word; and behind each writing the ACL is read again, since a handler that found the default
 * one writes nothing that would stop another.
 */
async function keepAcl(
  entry: Entry,
  { isNew, seen: known, receiveCount, inDoubt }: Known,
  place: Place,
  world: AclWorld,
): Promise<Settled> {
  const look = () =>
    inDoubt ? recordUnder(ACLS, place, entry.vaultVersionId, world) : recordOnTop(ACLS, place, world);
  let seen = known === 'none' ? undefined : await look();
  let written: Settled = {};
  let isFirst = isNew;
  for (let tried = 0; tried < MAX_ATTEMPTS; tried++) {
    const acl = await readAcl(entry, place, world);
    if (acl === undefined) return written;
    if (acl === 'unreadable' && mayStillPass('access-denied', receiveCount)) return { acl: 'again' };
    const before = aclIn(seen, entry);
    if (sameAcl(acl, before ?? 'default') && seen?.isCovered !== true) {
      if (before === undefined) await letGo(seen, place, world);
      return { ...written, ...told(acl) };
    }
    if (!(await isStillThere(entry, place, world))) return written;
    const onTop = seen ?? (await recordOnTop(ACLS, place, world));
    try {
      seen = await putRecord(ACLS, place.bucket, recordOf(entry, acl, isFirst, world), onTop, world);
      isFirst = false;
      written = { aclWritten: true };
    } catch (error) {
      if (!isStoreError(error, 'precondition-failed')) throw error;
      seen = await look();
    }
  }
  throw new ContentionError(`the ACL of "${place.key}" in ${place.bucket} kept changing while it was read`);
}

function recordOf(
  { key, vaultVersionId = '' }: Entry,
  acl: KeptAcl,
  isFirst: boolean,
  { clock }: AclWorld,
): AclRecord {
  return { key, vaultVersionId, acl, ...(isFirst ? { first: true } : {}), at: clock() };
}

function told(acl: KeptAcl): Settled {
  if (acl === 'default') return {};
  return { acl: acl === 'unreadable' ? 'unreadable' : 'kept' };
}

/** What the record on top says of this copy; undefined when it is about another one. */
function aclIn(seen: SeenRecord<AclRecord> | undefined, { vaultVersionId }: Entry): KeptAcl | undefined {
  return seen?.record?.vaultVersionId === vaultVersionId ? seen?.record?.acl : undefined;
}

/** A record of the copy before this one, which has the default ACL and needs none. */
async function letGo(seen: SeenRecord<AclRecord> | undefined, place: Place, world: AclWorld): Promise<void> {
  if (seen?.record !== undefined) await hideRecord(ACLS, place, seen.record.vaultVersionId, world);
}

/** @returns undefined when the version is gone: what became of the object is told of by its next event */
async function readAcl(
  { sourceVersionId }: Entry,
  { bucket, key }: Place,
  { store }: AclWorld,
): Promise<KeptAcl | undefined> {
  try {
    return keptAcl(await store.getAcl({ bucket, key, ...defined({ versionId: sourceVersionId }) }));
  } catch (error) {
    if (isStoreError(error, 'not-found')) return undefined;
    // Whoever wrote it may have left the right to read it to nobody; or it is none that S3 documents.
    if (isStoreError(error, 'access-denied', 'invalid')) return 'unreadable';
    throw error;
  }
}

/**
 * Where there are no versions, the ACL that was read may be of what was written after the capture.
 *
 * @throws StoreError `access-denied` where that cannot be seen
 */
async function isStillThere(
  { sourceVersionId, etag, lastModified }: Entry,
  { bucket, key }: Place,
  { store }: AclWorld,
): Promise<boolean> {
  if (sourceVersionId !== undefined) return true;
  const head = await store.head({ bucket, key });
  // Whether it is there is not known: the message comes again.
  if (!head.found && head.why !== 'absent')
    throw new StoreError(head.why, `the source answers "${head.why}"`);
  return head.found && head.object.etag === etag && head.object.lastModified === lastModified;
}
