import { finishReconcile, type Verdict } from '../../../jobs/finish-reconcile.ts';
import { type Deletions, settleJob } from '../../../jobs/settle-job.ts';
import { deletionBound } from '../../../model/deletion-bound.ts';
import type { Job } from '../../../model/job.ts';
import type { Delivery, World } from '../../../ports/world.ts';
import type { ReconcileMessage } from '../model/bucket-messages.ts';

type SettleWorld = Pick<World, 'catalog' | 'queue' | 'clock' | 'telemetry'>;

const DELETIONS_STEP = { id: '0', phase: 'deletions' } as const;

/** Takes a reconcile further: from comparing to deleting, or to its end. See {@link settleJob}. */
export function settleReconcile(
  jobId: string,
  world: SettleWorld,
  delivery: Pick<Delivery, 'receiveCount' | 'messageId'>,
): Promise<void> {
  const deletions: Deletions = {
    from: 'compare',
    isDue: (job) => job.openRanges <= 0 && mayDelete(job),
    firstStep: `${DELETIONS_STEP.phase}-${DELETIONS_STEP.id}`,
    send: (job) => sendDeletions(job, world),
  };
  const finish = (job: Job) => finishReconcile(job, verdictOn(job), delivery, world);
  return settleJob(jobId, { deletions, finish }, delivery, world);
}

function gone(job: Job): number {
  return job.counts['gone'] ?? 0;
}

function isHeld(job: Job): boolean {
  return job.approved !== true && gone(job) > deletionBound(job.counts['entries'] ?? 0);
}

function mayDelete(job: Job): boolean {
  return gone(job) > 0 && !isHeld(job);
}

async function sendDeletions(job: Job, { queue }: SettleWorld): Promise<void> {
  const message: ReconcileMessage = {
    kind: 'reconcile',
    source: job.source,
    trigger: job.trigger as ReconcileMessage['trigger'],
    jobId: job.id,
    step: DELETIONS_STEP,
  };
  await queue.send('reconcile', [JSON.stringify(message)]);
}

function verdictOn(job: Job): Verdict {
  const { counts } = job;
  const held = isHeld(job);
  // From the listing, less what of it could not be captured; a held object is still in the vault.
  const kept = held ? gone(job) : 0;
  const keptBytes = held ? (counts['goneBytes'] ?? 0) : 0;
  return {
    partial: held || ['failed', 'unprotected', 'waiting'].some((name) => (counts[name] ?? 0) > 0),
    held: kept,
    message: held ? heldMessage(job) : undefined,
    totals: {
      objects: (counts['objects'] ?? 0) - (counts['waiting'] ?? 0) - (counts['leftOut'] ?? 0) + kept,
      bytes:
        (counts['bytes'] ?? 0) - (counts['waitingBytes'] ?? 0) - (counts['leftOutBytes'] ?? 0) + keptBytes,
      unprotected: ['waiting', 'unprotected', 'failed', 'copying'].reduce(
        (sum, name) => sum + (counts[name] ?? 0),
        0,
      ),
    },
  };
}

function heldMessage(job: Job): string {
  return (
    `${gone(job)} of ${job.counts['entries'] ?? 0} objects are missing at ${job.source}: nothing was marked deleted; ` +
    `look at the source, then run: holdfast approve ${job.source}`
  );
}
