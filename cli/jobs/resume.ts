import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { nextJobId } from '@holdfast/core/model/job.ts';
import type { ResumeMessage } from '@holdfast/core/model/messages.ts';
import { checkExact, checkTarget } from '@holdfast/core/restore/accept-restore.ts';
import { requestOf } from '@holdfast/core/restore/request-of.ts';
import { findContinuation, findResumable } from '@holdfast/core/restore/resume-restore.ts';
import type { Connection, Context } from '../context.ts';
import { checkIsRead } from '../core-stack.ts';
import type { ExitCode } from '../exit-codes.ts';
import { startJob, tellStarted } from './start-job.ts';

type Options = { readonly wait: boolean; readonly report: string | undefined };

/** Goes on with a restore, as a job of its own; asked for again, it is the same job. @throws {InvalidInputError} */
export async function resume(
  id: string,
  options: Options,
  connection: Connection,
  context: Context,
): Promise<ExitCode> {
  const { world } = connection;
  const { catalog } = world;
  const job = await findResumable(id, { catalog, jobKinds: context.jobKinds });
  const request = requestOf(job);
  checkIsRead(ADDRESSES.of(job.source).planQueue, connection.stack, context);
  checkExact(request, world);
  await checkTarget(request, world);
  const known = await findContinuation(job, world);
  const jobId = nextJobId(job);
  const facts = { source: job.source, continues: id };
  const telling = { jobId, facts, heading: [`${id} is gone on with, as ${jobId}`], ...options };
  if (known !== undefined) {
    const heading = [`${id} was gone on with before, as ${jobId}; nothing is sent again`];
    return tellStarted({ ...telling, heading }, connection, context);
  }
  const message: ResumeMessage = { resume: id };
  return startJob({ ...telling, queue: 'restore', message }, connection, context);
}
