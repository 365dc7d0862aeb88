import type { Job, Problem } from '@holdfast/core/model/job.ts';
import type { Connection } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { JobResult } from '../json/job.ts';
import { moment } from '../json/moment.ts';
import { jobJson } from './job-json.ts';

const MAX_PROBLEMS = 20;

const EXIT_BY_STATE: Readonly<Record<Job['state'], ExitCode>> = {
  running: EXIT.done,
  done: EXIT.done,
  partial: EXIT.partial,
  failed: EXIT.failed,
  cancelled: EXIT.partial,
};

/** The exit code that tells how a job ended, and the large copies that were waited for. */
export function exitOf({ job, largeCopies }: Pick<JobResult, 'job' | 'largeCopies'>): ExitCode {
  const exit = EXIT_BY_STATE[job.state];
  const isLacking = largeCopies !== null && largeCopies.failed + largeCopies.left > 0;
  return exit === EXIT.done && isLacking ? EXIT.partial : exit;
}

/** A job with the first of its problems, and how many more there are; large copies were not waited for. */
export async function jobResult(
  job: Job,
  { world, stack }: Connection,
): Promise<Omit<JobResult, 'largeCopies'>> {
  const problems: JobResult['problems'] = [];
  let furtherProblems = 0;
  for await (const problem of world.catalog.listProblems(job.id)) {
    if (problem.note === true) continue;
    if (problems.length < MAX_PROBLEMS) problems.push(problemJson(problem));
    else furtherProblems++;
  }
  const thaws = await thawsOf(job, world);
  return { job: jobJson(job, stack), problems, furtherProblems, thaws };
}

async function thawsOf(
  { id, state, counts }: Job,
  { catalog }: Connection['world'],
): Promise<JobResult['thaws']> {
  const waiting = counts['thawing'] ?? 0;
  if (state !== 'running' || waiting === 0) return null;
  const readyBy = (await catalog.getThawingJob(id))?.readyBy;
  return { waiting, ready: counts['thawed'] ?? 0, readyBy: moment(readyBy) };
}

function problemJson({ key, reason, detail }: Problem): JobResult['problems'][number] {
  return { key, reason, detail: detail ?? null };
}
