import { finishReconcile, type Verdict } from '../../../jobs/finish-reconcile.ts';
import { type Deletions, settleJob } from '../../../jobs/settle-job.ts';
import { isDrained, type Job } from '../../../model/job.ts';
import type { Delivery, World } from '../../../ports/world.ts';
import { emptyMessage, gone, heldMessage, isHeld } from '../capture/held.ts';
import type { Crawl } from '../model/site-messages.ts';

type SettleWorld = Pick<World, 'catalog' | 'queue' | 'clock' | 'telemetry'>;

const FIRST_COUNT = { id: '0', phase: 'count' } as const;

/** Takes a crawl further: from listing to looking for what was not listed, or to its end. See {@link settleJob}. */
export function settleCrawl(
  jobId: string,
  world: SettleWorld,
  delivery: Pick<Delivery, 'receiveCount' | 'messageId'>,
): Promise<void> {
  const deletions: Deletions = {
    from: 'compare',
    // What was found is looked at first: what that finds out about is no suspect.
    isDue: (job) => isDrained(job),
    firstStep: `${FIRST_COUNT.phase}-${FIRST_COUNT.id}`,
    send: (job) => sendCount(job, world),
  };
  const finish = (job: Job) => finishReconcile(job, verdictOn(job), delivery, world);
  return settleJob(jobId, { deletions, finish }, delivery, world);
}

async function sendCount(job: Job, { queue }: SettleWorld): Promise<void> {
  const message: Crawl = {
    kind: 'crawl',
    source: job.source,
    trigger: job.trigger as Crawl['trigger'],
    jobId: job.id,
    step: FIRST_COUNT,
  };
  await queue.send('site', [JSON.stringify(message)]);
}

const NOT_WELL = ['failed', 'unprotected'];

function verdictOn(job: Job): Verdict {
  const { counts } = job;
  const { objects = 0, bytes = 0, withReason = 0, suspectsDeleted = 0, suspectsDeletedBytes = 0 } = counts;
  const held = isHeld(job);
  const message = held ? heldMessage(job) : emptyMessage(job);
  return {
    partial: message !== undefined || NOT_WELL.some((name) => (counts[name] ?? 0) > 0),
    held: held ? gone(job) : 0,
    message,
    totals: {
      objects: objects - suspectsDeleted,
      bytes: bytes - suspectsDeletedBytes,
      unprotected: withReason,
    },
  };
}
