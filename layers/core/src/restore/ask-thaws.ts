import pMap from 'p-map';
import { afterTheEnd } from '../jobs/end-job.ts';
import { isStoreError, messageOf } from '../model/errors.ts';
import type { ThawBatch } from '../model/messages.ts';
import { type Thaw, thawTime, tierFor } from '../model/thaw.ts';
import { type ThawWait, thawId } from '../model/thaw-wait.ts';
import type { Delivery } from '../ports/world.ts';
import { mayStillPass } from '../vault/denied.ts';
import { giveUpThaw } from './give-up-thaw.ts';
import { requestOf } from './request-of.ts';
import type { BatchWorld } from './restore-batch.ts';
import { askFor, sendThawed, THAWS_AT_A_TIME } from './thaw-requests.ts';

type Item = ThawBatch['items'][number];

/**
 * Asks for archived objects, and leaves a row of each by which the event of its thaw finds it: the row first, for the
 * event may come at any time after. What turns out to be readable is restored at once.
 *
 * @throws what the queue has to retry; after the last delivery those objects are reported as failed instead
 */
export async function askThaws(batch: ThawBatch, delivery: Delivery, world: BatchWorld): Promise<void> {
  const job = await world.catalog.getJob(batch.jobId);
  if (job?.state !== 'running') return afterTheEnd(job, delivery, world);
  const { thaw } = requestOf(job);
  const waits = batch.items.map((item) => waitFor(item, batch.jobId, thaw, world));
  await noteThawing(job.id, waits, world);
  const errors = await pMap(waits, (wait) => ask(wait, thaw, delivery, world), {
    concurrency: THAWS_AT_A_TIME,
  });
  const failed = errors.filter((error) => error !== undefined);
  if (failed.length === 0) return;
  throw new AggregateError(
    failed,
    `${failed.length} of ${waits.length} thaws of the restore ${job.id} failed: ${messageOf(failed[0])}`,
  );
}

function waitFor({ archive, ...item }: Item, jobId: string, thaw: Thaw, { clock }: BatchWorld): ThawWait {
  const tier = tierFor(archive, thaw.tier);
  const id = thawId(item.vaultKey);
  const readyBy = clock() + thawTime(archive, tier).most;
  return { jobId, id, item, archive, tier, askedAt: clock(), readyBy, done: false };
}

/** Lets events and sweeps find the job, and people read when all of it can be read. */
async function noteThawing(
  jobId: string,
  waits: readonly ThawWait[],
  { catalog }: Pick<BatchWorld, 'catalog'>,
): Promise<void> {
  const readyBy = Math.max(...waits.map((wait) => wait.readyBy));
  const known = await catalog.getThawingJob(jobId);
  if (known !== undefined && !known.ended && known.readyBy >= readyBy) return;
  await catalog.putThawingJob({ jobId, readyBy: Math.max(readyBy, known?.readyBy ?? 0), ended: false });
}

/** @returns what went wrong and has to be tried again */
async function ask(wait: ThawWait, thaw: Thaw, delivery: Delivery, world: BatchWorld): Promise<unknown> {
  const last = delivery.receiveCount >= world.settings.maxReceives;
  try {
    await askOnce(wait, thaw, world);
    return undefined;
  } catch (error) {
    const passes = !isStoreError(error) || error.remedy === 'retry';
    if (!last && (passes || mayStillPass(error.code, delivery.receiveCount))) return error;
    await giveUpThaw(wait, isStoreError(error) ? error.code : 'failed', messageOf(error), delivery, world);
    return undefined;
  }
}

async function askOnce(wait: ThawWait, thaw: Thaw, world: BatchWorld): Promise<void> {
  const { jobId, id, item, archive } = wait;
  const added = await world.catalog.addThaw(wait);
  if (!added && (await world.catalog.getThaw(jobId, id))?.done === true) return;
  const { answer, readyBy } = await askFor(item, archive, thaw, world);
  if (answer === 'thawed') return sendThawed(wait, world);
  if (readyBy > wait.readyBy + SLACK_MS) {
    await world.catalog.patchThaw(jobId, id, { readyBy });
    await noteThawing(jobId, [{ ...wait, readyBy }], world);
  }
}

/** The clock goes on between the row and the request; more than this means that another tier was asked for. */
const SLACK_MS = 10 * 60 * 1000;
