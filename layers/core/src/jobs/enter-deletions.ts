import type { Job, JobPhase } from '../model/job.ts';
import type { Delivery, World } from '../ports/world.ts';

/** The way of a job over to its deletions. */
export type Deletions = {
  /** The phase that comes before them. */
  readonly from: Exclude<JobPhase, 'deletions'>;
  /** Whether all of that phase was counted, and there is something to delete. */
  readonly isDue: () => boolean;
  /** The name under which their first step is counted. */
  readonly firstStep: string;
  /** Sends their first step. */
  readonly send: () => Promise<void>;
};

type EnterWorld = Pick<World, 'catalog'>;

/**
 * Takes a job over to its deletions, when everything before them was counted. Several handlers can come here at a time; one of
 * them goes on, so that nothing is sent, and done, twice.
 *
 * @param delivery the message whose handler asks; one that may have been with a handler that died before it sent sends again,
 *   if nobody has begun
 * @returns false when nothing had to be taken over: the job goes on as it is
 */
export async function enterDeletions(
  job: Job,
  { from, isDue, firstStep, send }: Deletions,
  delivery: Pick<Delivery, 'messageId' | 'receiveCount'>,
  world: EnterWorld,
): Promise<boolean> {
  if (job.phase === from && isDue()) {
    if (await isOurs(job.id, from, delivery, world)) await send();
    return true;
  }
  // The same message can be with two handlers at a time, and the one that went on have died before it sent.
  const mayBeLast = delivery.receiveCount > 1 || job.deletionsBy === delivery.messageId;
  if (!mayBeLast || job.phase !== 'deletions') return false;
  if ((await world.catalog.getStep(job.id, firstStep)) !== undefined) return false;
  await send();
  return true;
}

/** True when it is for this message's handler to send. */
async function isOurs(
  jobId: string,
  from: Deletions['from'],
  { messageId }: Pick<Delivery, 'messageId'>,
  { catalog }: EnterWorld,
): Promise<boolean> {
  if (await catalog.enterDeletions(jobId, messageId, from)) return true;
  // The answer of a write can be lost, and the SDK's own retry then finds it done.
  return (await catalog.getJob(jobId))?.deletionsBy === messageId;
}
