import { cancelJob, findRunning } from '@holdfast/core/jobs/cancel-job.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { confirm } from '../confirm.ts';
import type { Connection, Context } from '../context.ts';
import { progressText } from './job-text.ts';

/** Ends a running job, when a person wants it. @throws {InvalidInputError} when it does not run */
export async function cancel(
  id: string,
  yes: boolean,
  { world, caller }: Connection,
  context: Context,
): Promise<Job> {
  const job = await findRunning(id, world);
  await confirm(
    `${progressText(job, context.jobKinds)}. Cancel it? What was done by then stays.`,
    yes,
    context,
  );
  return cancelJob(id, await caller(), world, context.jobKinds);
}
