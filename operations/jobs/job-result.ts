import type { Job, Problem } from '@holdfast/core/model/job.ts';
import type { Connection } from '../connection.ts';
import type { JobResult } from '../json/job.ts';
import { moment } from '../json/moment.ts';
import { jobJson } from './job-json.ts';

const MAX_PROBLEMS = 20;

/** A job with the first of its problems, and how many more there are; large copies were not waited for. */
export async function jobResult(
  job: Job,
  { world, stack }: Pick<Connection, 'world' | 'stack'>,
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
