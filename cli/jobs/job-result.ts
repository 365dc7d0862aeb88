import type { Job, Problem } from '@holdfast/core/model/job.ts';
import type { Connection, Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { JobResult } from '../json/job.ts';
import { moment } from '../json/moment.ts';
import { jobJson } from './job-json.ts';
import { resultLines } from './job-text.ts';

const MAX_PROBLEMS = 20;

const EXIT_BY_STATE: Readonly<Record<Job['state'], ExitCode>> = {
  running: EXIT.done,
  done: EXIT.done,
  partial: EXIT.partial,
  failed: EXIT.failed,
  cancelled: EXIT.partial,
};

/** The exit code that tells how a job ended. */
export function exitOf(job: Pick<Job, 'state'>): ExitCode {
  return EXIT_BY_STATE[job.state];
}

/** A job with the first of its problems, and how many more there are. */
export async function jobResult(job: Job, { world, stack }: Connection): Promise<JobResult> {
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

/** Says what a job came to, after everything else there is to say. */
export function tellResult(
  result: JobResult,
  { clock }: Pick<Connection, 'clock'>,
  { output }: Context,
): ExitCode {
  output.lines(...resultLines(result, clock.now()));
  return exitOf(result.job);
}
