import type { Job, JobEnd } from '../model/job.ts';
import type { ReportMessage } from '../model/messages.ts';
import { reportKey } from '../model/report.ts';
import type { Delivery, World } from '../ports/world.ts';

export type EndWorld = Pick<World, 'catalog' | 'queue'>;

/**
 * Ends a running job, and has its report written and told of. The end first: what is told of is over. Whoever tried to
 * end it sends, even if another was faster: the answer of a write can be lost, and a report can be written twice.
 *
 * @returns false when it was not running any more
 */
export async function endJob(job: Job, end: Omit<JobEnd, 'report'>, world: EndWorld): Promise<boolean> {
  const report = reportKey(job.kind, job.id, job.startedAt);
  const ended = await world.catalog.finishJob(job.id, { ...end, report });
  await sendReport({ kind: 'report', jobId: job.id, notify: true }, world);
  return ended;
}

/**
 * What is left to do for a message whose job has ended. One that comes again, or that is with two handlers at a time, may
 * have been with one that ended the job and died before it said so. And what a batch did that was under way when its job
 * failed or was cancelled, the report has to have as well.
 *
 * @param counted the message has just added to the job's counts
 */
export async function afterTheEnd(
  job: Job | undefined,
  { receiveCount, messageId }: Pick<Delivery, 'receiveCount' | 'messageId'>,
  world: EndWorld,
  counted = false,
): Promise<void> {
  if (job === undefined || job.state === 'running') return;
  if (receiveCount > 1 || job.endedBy === messageId)
    await sendReport({ kind: 'report', jobId: job.id, notify: true }, world);
  else if (counted && (job.state === 'cancelled' || job.state === 'failed'))
    await sendReport({ kind: 'report', jobId: job.id }, world);
}

/** Ends a job that could not be done. What it did stays. @param message why, and the way out */
export async function failJob(
  job: Job | undefined,
  message: string,
  delivery: Pick<Delivery, 'receiveCount' | 'messageId'>,
  world: EndWorld & Pick<World, 'clock'>,
): Promise<void> {
  if (job?.state !== 'running') return afterTheEnd(job, delivery, world);
  await endJob(
    job,
    { state: 'failed', finishedAt: world.clock(), endedBy: delivery.messageId, message },
    world,
  );
}

/** Has the report of a job that ended written, anew if it was before. */
export async function sendReport(message: ReportMessage, { queue }: Pick<World, 'queue'>): Promise<void> {
  await queue.send('report', [JSON.stringify(message)]);
}
