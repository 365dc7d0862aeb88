import { InvalidInputError } from '../model/errors.ts';
import { type Job, type JobKind, jobIs } from '../model/job.ts';
import type { World } from '../ports/world.ts';
import { importCommand } from '../report/import-command.ts';
import { endJob } from './end-job.ts';

/** Jobs of these kinds end with more than their own row. */
export type JobEndings = Readonly<Partial<Record<JobKind, typeof endJob>>>;

/**
 * Ends a running job as cancelled. Its messages that wait are dropped as they come; a batch that is under way is done.
 *
 * @param by who cancels it, in words
 * @param endings how jobs of some kinds end
 * @returns the job as it ended
 * @throws {InvalidInputError} when there is no such job, or it is over
 */
export async function cancelJob(
  jobId: string,
  by: string | undefined,
  world: Pick<World, 'catalog' | 'queue' | 'clock'>,
  endings: JobEndings,
): Promise<Job> {
  const job = await findRunning(jobId, world);
  const who = by === undefined ? '' : ` by ${by}`;
  const end = {
    state: 'cancelled' as const,
    finishedAt: world.clock(),
    message: `cancelled${who}: ${whatStays(job)}`,
  };
  const isEnded = await (endings[job.kind] ?? endJob)(job, end, world);
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

function whatStays({ kind, id, source, phase, request }: Job): string {
  if (kind === 'restore')
    return `what was restored stays; what is left is done by: holdfast job ${id} --resume`;
  if (kind === 'import')
    return `what was imported stays; the rest is brought by: ${importCommand(request, source)}`;
  const deletions =
    phase === 'deletions' ? 'only deletions proven by then are recorded' : 'nothing was marked deleted';
  return `what was captured stays, ${deletions}; holdfast reconcile ${source} compares again`;
}
