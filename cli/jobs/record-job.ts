import { type FinishedJob, recordFinishedJob } from '@holdfast/core/jobs/record-finished-job.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import type { Job, Problem } from '@holdfast/core/model/job.ts';
import { reportOf } from '@holdfast/core/model/report.ts';
import { collectProblems, toReported } from '@holdfast/core/report/collect-problems.ts';
import type { Connection, Context } from '../context.ts';
import { saveReport } from './save-report.ts';

/**
 * Records what this command has done itself (a verify, a restore into a folder) among the jobs, with a report in the vault
 * and, if wanted, in a file. Who may not write to the catalog is told so, and has done the work all the same.
 */
export async function recordJob(
  job: Omit<FinishedJob, 'askedBy'>,
  problems: readonly Problem[],
  { report }: { readonly report?: string | undefined },
  { world, caller }: Pick<Connection, 'world' | 'caller'>,
  context: Pick<Context, 'output' | 'random' | 'jobKinds'>,
): Promise<void> {
  const name = await caller();
  const finished = { ...job, ...defined({ askedBy: name === undefined ? undefined : { name } }) };
  const note = await recordFinishedJob(finished, problems, world);
  if (note !== undefined) context.output.note(note);
  if (report !== undefined) await saveReport(report, await reportOn(finished, problems, context), context);
}

async function reportOn(
  finished: FinishedJob,
  problems: readonly Problem[],
  { jobKinds }: Pick<Context, 'jobKinds'>,
) {
  const job: Job = { ...finished, phase: 'work', openRanges: 0, batchesQueued: 0, batchesDone: 0 };
  const reported = toReported(await collectProblems(listOf(problems), () => false));
  return reportOf(job, reported, jobKinds.of(job).remarks?.(job));
}

async function* listOf(problems: readonly Problem[]): AsyncGenerator<Problem> {
  yield* problems;
}
