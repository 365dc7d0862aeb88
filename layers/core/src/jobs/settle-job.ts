import { isDrained, type Job, type JobPhase } from '../model/job.ts';
import type { Delivery, World } from '../ports/world.ts';
import { afterTheEnd, type EndWorld } from './end-job.ts';

/** How a kind of job goes on when a step of it was counted. */
export type JobWay = {
  /** Its way over to what it deletes. */
  readonly deletions: Deletions;
  /** Ends it, when everything of it was counted. */
  readonly finish: (job: Job) => Promise<void>;
};

/** The way of a job over to its deletions. */
export type Deletions = {
  /** The phase that comes before them. */
  readonly from: Exclude<JobPhase, 'deletions'>;
  /** Whether all of that phase was counted, and there is something to delete. */
  readonly isDue: (job: Job) => boolean;
  /** The name under which their first step is counted. */
  readonly firstStep: string;
  /** Sends their first step. */
  readonly send: (job: Job) => Promise<void>;
};

type EnterWorld = Pick<World, 'catalog'>;
type Done = Pick<Delivery, 'receiveCount' | 'messageId'>;

/**
 * Takes a job further when a step or a batch of it was counted: to what it deletes, or to its end. Safe to call at any time, by
 * anybody, any number of times.
 *
 * @param delivery the message that was done; one that may have been with a handler that died between counting and sending
 *   sends again what had to be sent, if nobody has begun it
 */
export async function settleJob(
  jobId: string,
  { deletions, finish }: JobWay,
  delivery: Done,
  world: EndWorld,
): Promise<void> {
  const job = await world.catalog.getJob(jobId);
  if (job?.state !== 'running') return afterTheEnd(job, delivery, world, true);
  if (await enterDeletions(job, deletions, delivery, world)) return;
  if (isDrained(job)) await finish(job);
}

/**
 * Takes a job over to its deletions, when everything before them was counted. Several handlers can come here at a time; one of
 * them goes on, so that nothing is sent, and done, twice.
 *
 * @param delivery the message whose handler asks; one that may have been with a handler that died before it sent sends again,
 *   if nobody has begun
 * @returns false when nothing had to be taken over: the job goes on as it is
 */
async function enterDeletions(
  job: Job,
  { from, isDue, firstStep, send }: Deletions,
  delivery: Done,
  world: EnterWorld,
): Promise<boolean> {
  if (job.phase === from && isDue(job)) {
    if (await isOurs(job.id, from, delivery, world)) await send(job);
    return true;
  }
  // The same message can be with two handlers at a time, and the one that went on have died before it sent.
  const mayBeLast = delivery.receiveCount > 1 || job.deletionsBy === delivery.messageId;
  if (!mayBeLast || job.phase !== 'deletions') return false;
  if ((await world.catalog.getStep(job.id, firstStep)) !== undefined) return false;
  await send(job);
  return true;
}

/** True when it is for this message's handler to send. */
async function isOurs(
  jobId: string,
  from: Deletions['from'],
  { messageId }: Done,
  { catalog }: EnterWorld,
): Promise<boolean> {
  if (await catalog.enterDeletions(jobId, messageId, from)) return true;
  // The answer of a write can be lost, and the SDK's own retry then finds it done.
  return (await catalog.getJob(jobId))?.deletionsBy === messageId;
}
