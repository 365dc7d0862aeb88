import type { Job } from '../model/job.ts';
import type { Delivery, World } from './dependencies.ts';

/**
 * Takes a job over to its deletions, when everything before them was counted. Several handlers can come here at a time; one of
 * them goes on, so that nothing is sent, and done, twice.
 *
 * @param delivery the message whose handler asks
 * @returns true when it is for the caller to send the first step of the deletions
 */
export async function enterDeletions(
  { id, phase }: Job,
  { messageId }: Pick<Delivery, 'messageId'>,
  { catalog }: Pick<World, 'catalog'>,
): Promise<boolean> {
  if (phase === 'deletions') return false;
  if (await catalog.enterDeletions(id, messageId, phase)) return true;
  // The answer of a write can be lost, and the SDK's own retry then finds it done.
  return (await catalog.getJob(id))?.deletionsBy === messageId;
}
