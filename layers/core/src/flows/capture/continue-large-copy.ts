import type { Change } from '../../model/change.ts';
import { isStoreError } from '../../model/errors.ts';
import type { LargeCopy } from '../../model/messages.ts';
import { sourceUri } from '../../model/source-uri.ts';
import { vaultPlace } from '../../model/vault-key.ts';
import type { Part, UploadRef } from '../../ports/object-store.ts';
import { copyParts, type PartsJob } from '../copy-parts.ts';
import type { Delivery } from '../dependencies.ts';
import type { Attempt, CaptureOutcome, CaptureWorld } from './attempt.ts';
import { capture } from './capture.ts';
import { vaultCondition } from './copy-into-vault.ts';
import { recordCopy, recordUnprotected } from './record.ts';

/**
 * One step of a large copy: the parts there is time for, then either another message or the finished object and its
 * record. A source that changed meanwhile ends the upload, and its present state is captured instead.
 *
 * @returns undefined while it goes on by another message
 */
export async function continueLargeCopy(
  message: LargeCopy,
  delivery: Delivery,
  world: CaptureWorld,
): Promise<CaptureOutcome | undefined> {
  const job = partsJob(message, world.settings.vault);
  const change = changeOf(message);
  try {
    const parts = await copyParts(job, delivery.timeLeft, world);
    if (parts === undefined) {
      await world.queue.send('backlog', [JSON.stringify(message)]);
      return undefined;
    }
    return (
      (await finish(change, job.upload, parts, world)) ?? (await capture(change, world, { recheck: true }))
    );
  } catch (error) {
    if (!isStoreError(error, 'precondition-failed', 'not-found')) throw error;
    await world.store.abortMultipart(job.upload);
    await giveUpCopy(change, world);
    return capture(change, world, { recheck: true });
  }
}

/** The entry says that a copy is under way; it no longer is, and the next capture has to begin one of its own. */
async function giveUpCopy(change: Change, world: CaptureWorld): Promise<void> {
  const prior = await world.catalog.getEntry(sourceUri(change.bucket), change.key);
  if (prior?.reason !== 'copying') return;
  await recordUnprotected({ change, prior }, 'failed', world, {
    detail: 'its copy in parts has to begin again',
  });
}

/** @returns undefined when the source is no longer what was copied, or somebody recorded the key in between */
async function finish(
  change: Change,
  upload: UploadRef,
  parts: readonly Part[],
  world: CaptureWorld,
): Promise<CaptureOutcome | undefined> {
  const { store, catalog } = world;
  const head = await store.head({ bucket: change.bucket, key: change.key });
  if (!head.found || head.object.etag !== change.etag) {
    await store.abortMultipart(upload);
    await giveUpCopy(change, world);
    return undefined;
  }
  const prior = await catalog.getEntry(sourceUri(change.bucket), change.key);
  // Hours may have passed since the upload began: what is on top in the vault is asked, not assumed.
  const attempt: Attempt = { change, prior, doubt: true };
  const written = await store.completeMultipart(upload, parts, await vaultCondition(attempt, world));
  const recorded = await recordCopy(attempt, head.object, written, world);
  return recorded === 'lost-race' ? undefined : recorded;
}

function partsJob(message: LargeCopy, vault: string): PartsJob {
  const { bucket, key, versionId, etag, size, partBytes, uploadId } = message;
  return {
    from: { bucket, key, ifMatch: etag, ...(versionId === undefined ? {} : { versionId }) },
    size,
    partBytes,
    upload: { bucket: vault, key: vaultPlace(bucket, key).key, uploadId },
  };
}

function changeOf({ bucket, key, etag, size, versionId, at, sequencer }: LargeCopy): Change {
  return {
    bucket,
    key,
    kind: 'created',
    etag,
    size,
    ...(versionId === undefined ? {} : { versionId }),
    ...(at === undefined ? {} : { at }),
    ...(sequencer === undefined ? {} : { sequencer }),
  };
}
