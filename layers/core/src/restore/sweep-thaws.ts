import pMap from 'p-map';
import { afterTheEnd } from '../jobs/end-job.ts';
import { logText, messageOf } from '../model/errors.ts';
import type { Job } from '../model/job.ts';
import type { Sweep } from '../model/messages.ts';
import { givenUpAt } from '../model/thaw.ts';
import type { ThawWait } from '../model/thaw-wait.ts';
import type { Delivery } from '../ports/world.ts';
import { giveUpThaw } from './give-up-thaw.ts';
import { requestOf } from './request-of.ts';
import type { BatchWorld } from './restore-batch.ts';
import { askFor, sendThawed, THAWS_AT_A_TIME, vaultVersion } from './thaw-requests.ts';

/** Rows that one step looks at; only those that are overdue cost a request. */
const ROWS = 500;

/**
 * Looks for thaws whose event never came: of what should have been readable by now, sends what is, asks again for what
 * was lost or has expired, and gives up what has been waited for far too long. What is not overdue costs nothing.
 */
export async function sweepThaws(
  { jobId, after }: Sweep,
  delivery: Delivery,
  world: BatchWorld,
): Promise<void> {
  if (jobId === undefined) return sweepJobs(world);
  const job = await world.catalog.getJob(jobId);
  if (job?.state !== 'running') return afterTheEnd(job, delivery, world);
  const options = after === undefined ? {} : { after };
  const { waits, more } = await world.catalog.listThaws(jobId, { ...options, limit: ROWS });
  const overdue = waits.filter(({ done, readyBy }) => !done && readyBy <= world.clock());
  await pMap(overdue, (wait) => tryLook(wait, job, delivery, world), { concurrency: THAWS_AT_A_TIME });
  const last = waits.at(-1);
  if (more && last !== undefined) await sendSweep({ kind: 'sweep', jobId, after: last.id }, world);
}

/** Sends a sweep of each job that waits; those that have ended are marked, so that no event looks for them any more. */
async function sweepJobs(world: BatchWorld): Promise<void> {
  const jobs = await world.catalog.listThawingJobs();
  for (const thawing of jobs.filter(({ ended }) => !ended)) {
    const job = await world.catalog.getJob(thawing.jobId);
    if (job?.state === 'running') await sendSweep({ kind: 'sweep', jobId: job.id }, world);
    else await world.catalog.putThawingJob({ ...thawing, ended: true });
  }
}

async function sendSweep(sweep: Sweep, { queue }: Pick<BatchWorld, 'queue'>): Promise<void> {
  await queue.send('restoreWork', [JSON.stringify(sweep)]);
}

/** One that cannot be looked at does not keep the others from it: the next sweep tries again, until its time is over. */
async function tryLook(wait: ThawWait, job: Job, delivery: Delivery, world: BatchWorld): Promise<void> {
  try {
    await look(wait, job, delivery, world);
  } catch (error) {
    world.telemetry.warn('thaw not looked at', { jobId: job.id, error: logText(error) });
    if (isTooLate(wait, world)) await giveUpThaw(wait, 'not-thawed', messageOf(error), delivery, world);
  }
}

async function look(wait: ThawWait, job: Job, delivery: Delivery, world: BatchWorld): Promise<void> {
  const { jobId, id, item, archive } = wait;
  const head = await world.store.head(vaultVersion(item, world));
  // Also what is not there at all: the restore says so.
  if (!head.found || !head.object.archived) return sendThawed(wait, world);
  if (isTooLate(wait, world))
    return giveUpThaw(wait, 'not-thawed', `S3 has not thawed its copy in ${archive}`, delivery, world);
  if (head.object.thaw?.state === 'thawing') return;
  const { answer, readyBy } = await askFor(item, archive, requestOf(job).thaw, world);
  if (answer === 'thawed') return sendThawed(wait, world);
  await world.catalog.patchThaw(jobId, id, { readyBy });
}

function isTooLate({ askedAt, archive, tier }: ThawWait, { clock }: Pick<BatchWorld, 'clock'>): boolean {
  return clock() >= givenUpAt(askedAt, archive, tier);
}
