import { type EndWorld, endJob } from '../../../jobs/end-job.ts';
import type { Job, JobEnd } from '../../../model/job.ts';
import type { World } from '../../../ports/world.ts';
import { isImport } from './is-import.ts';

/** Counts that keep an import from being whole: entries, objects that are no zips, and rows of tables. */
const SHORT = ['failed', 'leftOut', 'unattached'];

/** How much of what an import read is not in the vault. */
export function leftOf({ counts }: Pick<Job, 'counts'>): number {
  return SHORT.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
}

/**
 * Ends a running import, the source's row first: a crash in between repeats both.
 *
 * @returns false when it was not running any more
 */
export async function endImport(job: Job, end: Omit<JobEnd, 'report'>, world: EndWorld): Promise<boolean> {
  await noteImport(job, end, world);
  if (await endJob(job, end, world)) return true;
  // Ended meanwhile in another way: that is what is to be read there.
  const ended = await world.catalog.getJob(job.id);
  if (ended !== undefined && ended.state !== 'running')
    await noteImport(ended, { state: ended.state, finishedAt: ended.finishedAt ?? end.finishedAt }, world);
  return false;
}

/** Notes on the row of an import's site how it ended. A site that is read live refuses imports, and is none of theirs. */
async function noteImport(
  job: Pick<Job, 'id' | 'source' | 'counts'>,
  { state, finishedAt: at }: Pick<JobEnd, 'state' | 'finishedAt'>,
  { catalog }: Pick<World, 'catalog'>,
): Promise<void> {
  const row = await catalog.getSource(job.source);
  if (row === undefined || !isImport(row)) return;
  await catalog.patchSource(job.source, { lastImport: { job: job.id, state, left: leftOf(job), at } });
}
