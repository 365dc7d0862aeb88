import { defined } from '@holdfast/core/model/defined.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import { jobResult } from '../../operations/jobs/job-result.ts';
import type { Connection, Context } from '../context.ts';
import { checkIsRead } from '../core-stack.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { exitOf } from './exit-of-job.ts';
import { followHint, followJob } from './follow-job.ts';
import { followLargeCopies } from './follow-large-copies.ts';
import { resultLines } from './job-text.ts';
import { saveJobReport } from './save-report.ts';

/** A name for a new job that sorts by time: `restore-20260301-120000-1a2b3c4d`. */
export function newJobId(
  kind: string,
  { clock }: Pick<Connection, 'clock'>,
  { random }: Pick<Context, 'random'>,
): string {
  const stamp = new Date(clock.now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${kind}-${stamp}-${random()}`;
}

export type JobStart = {
  readonly jobId: string;
  readonly queue: QueueName;
  readonly message: object;
};

export type Telling = {
  readonly jobId: string;
  /** What the JSON answer says beside the job. */
  readonly facts: object;
  /** Said before the job is followed, or instead of it. */
  readonly heading: readonly string[];
  readonly wait: boolean;
  /** A file to save the report as, at the job's end. */
  readonly report?: string | undefined;
};

/**
 * Sends the message that begins a job; then follows the job, or says how to.
 *
 * @throws {CommandError} when the stack has no functions for it
 */
export async function startJob(
  start: JobStart & Telling,
  connection: Connection,
  context: Context,
): Promise<ExitCode> {
  checkIsRead(start.queue, connection.stack, context);
  const message = { ...start.message, ...defined({ askedBy: await connection.caller() }) };
  await connection.world.queue.send(start.queue, [JSON.stringify(message)]);
  return tellStarted(start, connection, context);
}

/** The same for a job that has been begun already. */
export async function tellStarted(
  { jobId, facts, heading, wait, report }: Telling,
  connection: Connection,
  context: Context,
): Promise<ExitCode> {
  const { output } = context;
  if (!output.json) output.lines(...heading);
  if (!wait) {
    output.answer({ ...facts, jobId, result: null }, () => [
      `  job ${jobId}; follow it with: ${followHint(jobId)}`,
    ]);
    return EXIT.done;
  }
  const job = await followJob(jobId, connection, context);
  const largeCopies = await followLargeCopies(job, connection, context);
  const result = { ...(await jobResult(job, connection)), largeCopies };
  if (report !== undefined) await saveJobReport(report, job, connection, context);
  if (output.json) output.document({ ...facts, jobId, result });
  else output.lines(...resultLines(result, connection.clock.now(), context.jobKinds));
  return exitOf(result);
}
