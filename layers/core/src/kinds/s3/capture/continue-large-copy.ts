import { sourceUri } from '../../../model/bucket-uri.ts';
import type { CaptureOutcome } from '../../../model/capture-outcome.ts';
import { defined } from '../../../model/defined.ts';
import type { UnprotectedReason } from '../../../model/entry.ts';
import { isStoreError, messageOf } from '../../../model/errors.ts';
import type { ObjectFacts } from '../../../model/object.ts';
import type { Part, UploadRef } from '../../../ports/object-store.ts';
import type { Delivery } from '../../../ports/world.ts';
import { copyParts, type PartsJob } from '../../../vault/copy-parts.ts';
import { mayStillPass } from '../../../vault/denied.ts';
import type { LargeCopy } from '../model/bucket-messages.ts';
import type { Change } from '../model/change.ts';
import { vaultPlace } from '../model/vault-key.ts';
import { type Attempt, type CaptureWorld, topOfVault } from './attempt.ts';
import { isBegunWith } from './begin-large-copy.ts';
import { capture } from './capture.ts';
import { vaultCondition } from './copy-into-vault.ts';
import { isVersion } from './is-covered.ts';
import { keepTags } from './keep-tags.ts';
import { recordCopy, recordUnprotected } from './record.ts';

/**
 * One step of a large copy: the parts there is time for, then either another message or the finished object and its
 * record.
 *
 * S3 gives a multipart object the place in the history that it had when it began: one that ends after something newer
 * was recorded would sink below it. So it ends only while the entry still names this upload and the source still holds
 * the state that was begun; otherwise it is aborted, and the present state is captured instead.
 * Source: S3 user guide, "Multipart upload process": the current version is the upload that started most recently.
 *
 * @returns undefined while it goes on by another message, and when the entry is not about this copy any more
 */
export async function continueLargeCopy(
  message: LargeCopy,
  delivery: Delivery,
  world: CaptureWorld,
): Promise<CaptureOutcome | undefined> {
  const job = partsJob(message, world.settings.vault);
  try {
    const parts = await copyParts(job, delivery.timeLeft, world);
    if (parts === undefined) return await handOver(message, world);
    return (await finish(message, job.upload, parts, world)) ?? (await captureAnew(message, world));
  } catch (error) {
    if (isStoreError(error, 'precondition-failed', 'not-found')) return captureAnew(message, world);
    if (isStoreError(error, 'access-denied', 'archived', 'customer-key')) {
      if (mayStillPass(error.code, delivery.receiveCount)) throw error;
      // Captured anew it would only be begun anew: a HEAD can be allowed where the copy is not.
      return giveUpLargeCopy(message, error.code as UnprotectedReason, messageOf(error), world);
    }
    throw error;
  }
}

/** Sends the message on to the next step, and leaves a sign of life in the entry. */
async function handOver(message: LargeCopy, world: CaptureWorld): Promise<CaptureOutcome | undefined> {
  const { catalog, clock, queue } = world;
  const prior = await catalog.getEntry(sourceUri(message.bucket), message.key);
  if (prior?.uploadId !== message.uploadId) return captureAnew(message, world);
  await catalog.putEntry({ ...prior, rev: prior.rev + 1, updatedAt: clock() }, prior.rev);
  await queue.send('backlog', [JSON.stringify(message)]);
  return undefined;
}

/** Ends a large copy that cannot go on, and says why in the entry, if that still is about this copy. */
export async function giveUpLargeCopy(
  message: LargeCopy,
  reason: UnprotectedReason,
  detail: string,
  world: CaptureWorld,
): Promise<CaptureOutcome | undefined> {
  const { upload } = partsJob(message, world.settings.vault);
  const change = changeOf(message);
  const prior = await world.catalog.getEntry(sourceUri(change.bucket), change.key);
  if (prior?.uploadId !== upload.uploadId) {
    await abort(upload, world);
    return undefined;
  }
  // The entry first: when S3 refuses everything, the abort too, it still has to say what became of the object.
  const outcome = await recordUnprotected({ change, prior }, reason, world, { detail });
  await abort(upload, world);
  return outcome === 'lost-race' ? undefined : outcome;
}

/** What cannot be aborted now, the vault's lifecycle aborts after a week: nothing else has to wait for it. */
async function abort(upload: UploadRef, { store }: CaptureWorld): Promise<void> {
  await store.abortMultipart(upload).catch(() => {});
}

/** Ends this copy and captures the present state, unless another copy of it is on its way already. */
async function captureAnew(message: LargeCopy, world: CaptureWorld): Promise<CaptureOutcome> {
  await giveUpLargeCopy(message, 'failed', 'its copy has to begin again', world);
  return capture(changeOf(message), world, { recheck: true, trustUploads: true });
}

/** @returns undefined when this copy may not become the object's newest any more */
async function finish(
  message: LargeCopy,
  upload: UploadRef,
  parts: readonly Part[],
  world: CaptureWorld,
): Promise<CaptureOutcome | undefined> {
  const { store, catalog } = world;
  const change = changeOf(message);
  const prior = await catalog.getEntry(sourceUri(change.bucket), change.key);
  if (prior?.uploadId !== upload.uploadId) return undefined;
  // Hours may have passed since the upload began: what is on top in the vault is asked, not assumed, and before the source.
  const attempt: Attempt = { change, prior, top: await topOfVault(change, world) };
  const head = await store.head({ bucket: change.bucket, key: change.key });
  if (!head.found || !isBegunState(message, head.object)) return undefined;
  // Written again within the second, the same bytes look the same to the parts; and the tags, read when the upload was
  // begun, may be of the second write already.
  if (!isBegunWith(prior, head.object)) return undefined;
  const written = await store.completeMultipart(upload, parts, vaultCondition(attempt));
  // What a handler copied meanwhile and died before it recorded was there first, and is newer all the same.
  const top = await topOfVault(change, world);
  if (!isVersion(top, written.versionId)) return undefined;
  const recorded = await recordCopy(attempt, head.object, written, world);
  if (recorded === 'lost-race') return undefined;
  return (await keepTagsOfNow(message, { change, prior: recorded.after, top }, world)) ? recorded : undefined;
}

/**
 * What was tagged while its parts were copied was told of when there was no copy to compare: it is asked now, when whoever
 * hears of the next tagging finds the copy recorded. @returns false when somebody was faster
 */
async function keepTagsOfNow(message: LargeCopy, attempt: Attempt, world: CaptureWorld): Promise<boolean> {
  const { bucket, key } = message;
  const head = await world.store.head({ bucket, key });
  if (!head.found || !isBegunState(message, head.object)) return false;
  const kept = await keepTags(attempt, head.object, world, () => Promise.resolve('lost-race'));
  return kept !== 'lost-race';
}

function isBegunState({ etag, lastModified, versionId }: LargeCopy, facts: ObjectFacts): boolean {
  return etag === facts.etag && lastModified === facts.lastModified && versionId === facts.versionId;
}

function partsJob(message: LargeCopy, vault: string): PartsJob {
  const { bucket, key, versionId, etag, size, partBytes, uploadId } = message;
  return {
    from: { bucket, key, ifMatch: etag, ...defined({ versionId }) },
    size,
    partBytes,
    upload: { bucket: vault, key: vaultPlace(bucket, key).key, uploadId },
  };
}

/** What is left to say of the change when the copy of its state has ended: the source is asked for the rest. */
function changeOf({ bucket, key, at, sequencer }: LargeCopy): Change {
  // Never an event: it does not overrule another copy on its way, which was begun later and saw a newer state.
  return { bucket, key, kind: 'seen', ...defined({ at, sequencer }) };
}
