import { InvalidInputError } from '../model/errors.ts';
import { type Job, jobIs } from '../model/job.ts';
import type { World } from '../ports/world.ts';
import type { JobKinds } from './job-kind.ts';

/**
 * Ends a running job as cancelled. Its messages that wait are dropped as they come; a batch that is under way is done.
 *
 * @param by who cancels it, in words
 * @param jobKinds the kinds of jobs that there are
 * @returns the job as it ended
 * @throws {InvalidInputError} when there is no such job, or it is over
 */
export async function cancelJob(
  jobId: string,
  by: string | undefined,
  world: Pick<World, 'catalog' | 'queue' | 'clock'>,
  jobKinds: JobKinds,
): Promise<Job> {
  const job = await findRunning(jobId, world);
  const kind = jobKinds.of(job);
  const who = by === undefined ? '' : ` by ${by}`;
  const end = {
    state: 'cancelled' as const,
    finishedAt: world.clock(),
    message: `cancelled${who}: ${kind.whatStays(job)}`,
  };
  const isEnded = await kind.end(job, end, world);
  if (!isEnded) await findRunning(jobId, world);
  return (await world.catalog.getJob(jobId)) ?? { ...job, ...end };
}

/** @throws {InvalidInputError} */
export async function findRunning(jobId: string, { catalog }: Pick<World, 'catalog'>): Promise<Job> {
  const job = await catalog.getJob(jobId);
  if (job === undefined) throw new InvalidInputError(`there is no job "${jobId}": holdfast jobs lists them`);
  if (job.state !== 'running')
    throw new InvalidInputError(`job ${jobId} is not running: it ${jobIs(job.state)}; nothing was changed`);
  return job;
}
