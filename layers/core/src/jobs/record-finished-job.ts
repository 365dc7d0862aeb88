import { messageOf } from '../model/errors.ts';
import type { Job, Problem } from '../model/job.ts';
import { reportKey } from '../model/report.ts';
import type { World } from '../ports/world.ts';
import { sendReport } from './end-job.ts';

/** A job that was done elsewhere than in the functions: it is over when it is recorded. */
export type FinishedJob = Pick<Job, 'id' | 'kind' | 'source' | 'trigger' | 'startedAt' | 'counts'> &
  Partial<Pick<Job, 'message' | 'request' | 'askedBy' | 'continues' | 'lagSeconds'>> & {
    readonly state: Exclude<Job['state'], 'running'>;
    readonly finishedAt: number;
  };

const PROBLEMS_IN_A_ROW = 500;

/**
 * Records a job that the command line itself has done (a verify, a restore into a folder), and has its report written
 * and told of as any other's. It is over, and its work is not undone by a record that cannot be made.
 *
 * @returns why it could not be recorded, in words; undefined when it was, or had been before
 */
export async function recordFinishedJob(
  job: FinishedJob,
  problems: Iterable<Problem> | AsyncIterable<Problem>,
  world: Pick<World, 'catalog' | 'queue'>,
): Promise<string | undefined> {
  try {
    const report = reportKey(job.kind, job.id, job.startedAt);
    const row: Job = { ...job, phase: 'work', openRanges: 0, batchesQueued: 0, batchesDone: 0, report };
    if (!(await world.catalog.createJob(row))) return undefined;
    await recordProblems(job.id, problems, world);
    await sendReport({ kind: 'report', jobId: job.id, notify: true }, world);
    return undefined;
  } catch (error) {
    return `job ${job.id} could not be recorded, and has no report in the vault: ${messageOf(error)}`;
  }
}

async function recordProblems(
  jobId: string,
  problems: Iterable<Problem> | AsyncIterable<Problem>,
  { catalog }: Pick<World, 'catalog'>,
): Promise<void> {
  let rows = 0;
  let row: Problem[] = [];
  const flush = async () => {
    const step = `problems-${String(rows++).padStart(6, '0')}`;
    await catalog.completeStep({ jobId, step, progress: {}, problems: row, continuations: [] });
    row = [];
  };
  for await (const problem of problems) {
    row.push(problem);
    if (row.length === PROBLEMS_IN_A_ROW) await flush();
  }
  if (row.length > 0) await flush();
}
