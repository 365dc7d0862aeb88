import pMap from 'p-map';
import type { Change } from '../model/change.ts';
import { messageOf } from '../model/errors.ts';
import type { Problem } from '../model/job.ts';
import { type BacklogMessage, type CaptureBatch, parseBacklogMessage } from '../model/messages.ts';
import { bucketOf, sourceUri } from '../model/source-uri.ts';
import type { CaptureOutcome } from './capture/attempt.ts';
import { capture } from './capture/capture.ts';
import { continueLargeCopy } from './capture/continue-large-copy.ts';
import { markFailed } from './capture/mark-failed.ts';
import type { Delivery, Unwired } from './dependencies.ts';
import { settleReconcile } from './reconcile/settle-reconcile.ts';
import { measure, Tally } from './tally.ts';

/**
 * Does one message of the backlog: a batch that a reconcile found, or the next parts of a large copy.
 *
 * @throws what the queue has to retry; after the last delivery the objects are recorded as failed instead
 */
export async function captureBacklog(body: string, delivery: Delivery, world: Unwired): Promise<void> {
  const message: BacklogMessage = parseBacklogMessage(body);
  if (message.kind === 'capture') return captureBatch(message, delivery, world);
  const outcome = await continueLargeCopy(message, delivery, world);
  if (outcome === undefined) return;
  const lagMs = message.at === undefined ? undefined : Math.max(0, world.clock() - message.at);
  const tally = new Tally();
  tally.add(outcome, lagMs);
  measure(outcome, lagMs, world.telemetry);
  const activity = tally.activity();
  if (activity !== undefined) await world.catalog.addActivity(sourceUri(message.bucket), activity);
}

type Result = { readonly key: string; readonly outcome?: CaptureOutcome; readonly error?: unknown };

async function captureBatch(batch: CaptureBatch, delivery: Delivery, world: Unwired): Promise<void> {
  const last = delivery.receiveCount >= world.settings.maxReceives;
  const results = await pMap(
    batch.items,
    (item) => captureItem(toChange(batch, item), delivery, last, world),
    {
      concurrency: world.settings.concurrency,
    },
  );
  const failed = results.filter(({ error }) => error !== undefined);
  if (failed.length > 0 && !last) {
    throw new AggregateError(
      failed.map(({ error }) => error),
      `${failed.length} of ${results.length} objects of ${batch.source} could not be captured: ${messageOf(failed[0]?.error)}`,
    );
  }
  await world.catalog.completeStep({
    jobId: batch.jobId,
    step: `batch-${batch.batch}`,
    progress: { batchesDone: 1, counts: countResults(results) },
    problems: results.flatMap(problemOf),
    continuations: [],
  });
  await settleReconcile(batch.jobId, world, { redelivered: delivery.receiveCount > 1 });
}

function toChange(batch: CaptureBatch, item: CaptureBatch['items'][number]): Change {
  const { key, etag, size, lastModified } = item;
  const bucket = bucketOf(batch.source);
  if (etag === undefined || size === undefined || lastModified === undefined)
    return { bucket, key, kind: 'missing' };
  return { bucket, key, kind: 'seen', etag, size, lastModified };
}

async function captureItem(
  change: Change,
  delivery: Delivery,
  last: boolean,
  world: Unwired,
): Promise<Result> {
  const { key } = change;
  try {
    const outcome = await capture(change, world, { recheck: delivery.receiveCount > 1 });
    measure(outcome, undefined, world.telemetry);
    return { key, outcome };
  } catch (error) {
    world.telemetry.warn('capture failed', { bucket: change.bucket, key, error: messageOf(error) });
    if (last) await markFailed(change, error, world);
    return { key, error };
  }
}

function countResults(results: readonly Result[]): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (name: string, by: number) => {
    counts[name] = (counts[name] ?? 0) + by;
  };
  for (const { outcome } of results) {
    add(countName(outcome), 1);
    if (outcome?.after?.state === 'current') add('capturedBytes', outcome.after.size ?? 0);
  }
  return counts;
}

/** What an object counts as. One that an event, or this batch's first delivery, was faster to do is done all the same. */
function countName(outcome: CaptureOutcome | undefined): string {
  if (outcome === undefined) return 'failed';
  if (outcome.kind !== 'unchanged') return outcome.kind;
  return outcome.after?.state === 'deleted' ? 'deleted' : 'alreadyCaptured';
}

function problemOf({ key, outcome, error }: Result): Problem[] {
  if (error !== undefined) return [{ key, reason: 'failed', detail: messageOf(error) }];
  if (outcome?.kind !== 'unprotected') return [];
  const { reason = 'failed', detail } = outcome.after ?? {};
  return [{ key, reason, ...(detail === undefined ? {} : { detail }) }];
}
