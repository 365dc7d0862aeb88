import { messageOf } from '../../model/errors.ts';
import { isDrained, type Job } from '../../model/job.ts';
import type { World } from '../dependencies.ts';
import { writeReport } from '../write-report.ts';

/** Ends a restore when everything of it was counted: the report first, the job's end last. Safe to repeat. */
export async function settleRestore(
  jobId: string,
  world: Pick<World, 'store' | 'catalog' | 'clock' | 'settings'>,
): Promise<void> {
  const job = await world.catalog.getJob(jobId);
  if (job?.state !== 'running' || !isDrained(job)) return;
  const end = { state: endState(job), finishedAt: world.clock() };
  const report = await writeReport({ ...job, ...end }, undefined, world);
  await world.catalog.finishJob(job.id, { ...end, report });
}

function endState({ counts }: Job): 'done' | 'partial' {
  return (counts['conflicts'] ?? 0) + (counts['failed'] ?? 0) > 0 ? 'partial' : 'done';
}

/** Ends a restore whose plan could not be read. What was restored stays, and the report has it. */
export async function failRestore(
  jobId: string,
  error: unknown,
  world: Pick<World, 'store' | 'catalog' | 'clock' | 'settings'>,
): Promise<void> {
  const job = await world.catalog.getJob(jobId);
  if (job?.state !== 'running') return;
  const message = `the vault's history could not be read: ${messageOf(error)}; the same restore again does what is left`;
  const end = { state: 'failed' as const, finishedAt: world.clock(), message };
  const report = await writeReport({ ...job, ...end }, undefined, world);
  await world.catalog.finishJob(job.id, { ...end, report });
}
