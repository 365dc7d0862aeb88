import type { JobPhase } from '../model/job.ts';
import type { Delivery, World } from './dependencies.ts';

/**
 * Takes a job over to its deletions, when everything before them was counted. Several handlers can come here at a time; one of
 * them goes on, so that nothing is sent, and done, twice.
 *
 * @param from the phase that the job is in
 * @param delivery the message whose handler asks
 * @returns true when it is for the caller to send the first step of the deletions
 */
export async function enterDeletions(
  jobId: string,
  from: Exclude<JobPhase, 'deletions'>,
  { messageId }: Pick<Delivery, 'messageId'>,
  { catalog }: Pick<World, 'catalog'>,
): Promise<boolean> {
  if (await catalog.enterDeletions(jobId, messageId, from)) return true;
  // The answer of a write can be lost, and the SDK's own retry then finds it done.
  return (await catalog.getJob(jobId))?.deletionsBy === messageId;
}
