import type { Job } from '@holdfast/core/model/job.ts';
import type { Connection } from '../connection.ts';
import type { Jobs } from '../json/jobs.ts';
import { jobJson } from './job-json.ts';

/**
 * Jobs, the newest first: `jobs`.
 *
 * @returns the answer, and the rows that it was made of, which know a little more of a job that runs
 */
export async function listJobs(
  { kind, limit }: { readonly kind?: string; readonly limit: number },
  { world, stack }: Pick<Connection, 'world' | 'stack'>,
): Promise<{ readonly answer: Jobs; readonly rows: readonly Job[] }> {
  const all = (await world.catalog.listJobs()).filter((job) => kind === undefined || job.kind === kind);
  const rows = all.sort((a, b) => b.startedAt - a.startedAt).slice(0, limit);
  const answer = { jobs: rows.map((job) => jobJson(job, stack)), further: all.length - rows.length };
  return { answer, rows };
}
