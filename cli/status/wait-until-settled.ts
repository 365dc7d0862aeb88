import type { Job } from '@holdfast/core/model/job.ts';
import { waiting } from '../../operations/ports.ts';
import type { Connection, Context } from '../context.ts';
import { counted } from '../text/format.ts';

const POLL_MS = 2_000;
/** SQS's counts are approximate: one reading of nothing may be wrong. */
const READINGS = 2;
/** Jobs that stand still so long while nothing waits in any queue will not go on by themselves. */
const STALLED_MS = 60_000;

/**
 * Waits until nothing is in flight: no message in a queue, no job that runs.
 *
 * @param only one source's jobs, or undefined for all; the queues are those of all sources
 */
export async function waitUntilSettled(
  only: string | undefined,
  { world, queues, clock }: Connection,
  { output, pause, onInterrupt }: Context,
): Promise<void> {
  onInterrupt('the backup goes on; look again with: holdfast status');
  let idle = 0;
  let stillSince = clock.now();
  let seen = '';
  for (;;) {
    const [depths, jobs] = await Promise.all([queues.depths(), world.catalog.listJobs()]);
    const running = jobs.filter(({ state, source }) => state === 'running' && (only ?? source) === source);
    const messages = waiting(depths);
    idle = messages === 0 && running.length === 0 ? idle + 1 : 0;
    if (idle >= READINGS) return;
    const now = snapshot(messages, running);
    if (now !== seen) stillSince = clock.now();
    seen = now;
    if (messages === 0 && clock.now() - stillSince > STALLED_MS) {
      output.note(`${counted(running.length, 'job')} not finished, but nothing of it is in any queue`);
      return;
    }
    output.progress(`${counted(messages, 'message')} in flight, ${counted(running.length, 'job')} running`);
    await pause(POLL_MS);
  }
}

function snapshot(messages: number, running: readonly Job[]): string {
  return JSON.stringify([messages, running]);
}
