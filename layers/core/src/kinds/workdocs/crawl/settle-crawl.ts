import { afterTheEnd } from '../../../jobs/end-job.ts';
import { type Deletions, enterDeletions } from '../../../jobs/enter-deletions.ts';
import { finishReconcile, type Verdict } from '../../../jobs/finish-reconcile.ts';
import { isDrained, type Job } from '../../../model/job.ts';
import type { Delivery, World } from '../../../ports/world.ts';
import { emptyMessage, gone, heldMessage, isHeld } from '../capture/held.ts';
import type { Crawl } from '../model/site-messages.ts';

type SettleWorld = Pick<World, 'catalog' | 'queue' | 'clock' | 'telemetry'>;

const FIRST_COUNT = { id: '0', phase: 'count' } as const;

/**
 * Takes a crawl further when a step or a batch of it was counted: from listing to looking for what was not listed, or to
 * its end. Safe to call at any time, by anybody, any number of times.
 *
 * @param delivery the message that was done; one that may have been with a handler that died between counting and sending
 *   sends again what had to be sent, if nobody has begun it
 */
export async function settleCrawl(
  jobId: string,
  world: SettleWorld,
  delivery: Pick<Delivery, 'receiveCount' | 'messageId'>,
): Promise<void> {
  const job = await world.catalog.getJob(jobId);
  if (job?.state !== 'running') return afterTheEnd(job, delivery, world, true);
  const deletions: Deletions = {
    from: 'compare',
    // What was found is looked at first: what that finds out about is no suspect.
    isDue: () => isDrained(job),
    firstStep: `${FIRST_COUNT.phase}-${FIRST_COUNT.id}`,
    send: () => sendCount(job, world),
  };
  if (await enterDeletions(job, deletions, delivery, world)) return;
  if (isDrained(job)) await finishReconcile(job, verdictOn(job), delivery, world);
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
