import type { Job } from '@holdfast/core/model/job.ts';
import { waiting } from '../../operations/ports.ts';
import type { Connection, Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import { duration } from '../text/format.ts';
import { progressText } from './job-text.ts';

/** A short job is over in a second or two: it is looked at often at first. */
const FIRST_POLL_MS = 100;
const POLL_MS = 1_000;
/** A job that has been sent shows up as soon as its function runs. */
const BEGINS_WITHIN_MS = 10 * 60 * 1000;
/** Without any progress for so long, the queues are looked at. */
const STALLED_MS = 60_000;

/** The words that tell how to go on following a job. */
export function followHint(jobId: string): string {
  return `holdfast job ${jobId} --wait`;
}

/**
 * Waits until a job has ended, and shows how it gets on.
 *
 * @param options.beginsWithinMs how long the job may take to show up at all
 * @throws {CommandError} when it does not begin, or when nothing of it is left in any queue
 */
export async function followJob(
  jobId: string,
  { world, queues, clock }: Connection,
  { output, pause, onInterrupt, jobKinds }: Context,
  { beginsWithinMs = BEGINS_WITHIN_MS } = {},
): Promise<Job> {
  onInterrupt(`job ${jobId} goes on; follow it with: ${followHint(jobId)}`);
  const begun = clock.now();
  let seen = '';
  let changedAt = begun;
  let idleReadings = 0;
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(2 * wait, POLL_MS)) {
    const job = await world.catalog.getJob(jobId);
    if (job !== undefined && job.state !== 'running') return job;
    if (job === undefined && clock.now() - begun > beginsWithinMs) throw neverBegan(jobId, beginsWithinMs);
    output.progress(job === undefined ? `${jobId}: waiting for it to begin` : progressText(job, jobKinds));
    const now = JSON.stringify(job);
    if (now !== seen) {
      seen = now;
      changedAt = clock.now();
      idleReadings = 0;
    } else if (job !== undefined && !isThawing(job) && clock.now() - changedAt > STALLED_MS) {
      idleReadings = waiting(await queues.depths()) === 0 ? idleReadings + 1 : 0;
      // One reading may miss a message that is on its way from one queue to the next.
      if (idleReadings > 1) throw stalled(jobId);
    }
    await pause(wait);
  }
}

/** What thaws is in no queue for hours. */
function isThawing({ counts }: Job): boolean {
  return (counts['thawing'] ?? 0) > 0;
}

function neverBegan(jobId: string, waitedMs: number): CommandError {
  return new CommandError(
    `job ${jobId} has not begun after ${duration(waitedMs)}: see holdfast status and holdfast failures; ` +
      `go on waiting with: ${followHint(jobId)}`,
  );
}

function stalled(jobId: string): CommandError {
  return new CommandError(
    `job ${jobId} is not finished, but nothing of it is in any queue: see holdfast failures --redrive`,
  );
}
