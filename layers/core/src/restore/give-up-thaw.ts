import type { ThawWait } from '../model/thaw-wait.ts';
import type { Delivery } from '../ports/world.ts';
import type { BatchWorld } from './restore-batch.ts';
import { settleRestore } from './settle-restore.ts';
import { thawedBatch } from './thaw-requests.ts';

/** Reports an object that cannot be thawed as failed, once, so that its job ends. */
export async function giveUpThaw(
  wait: ThawWait,
  reason: string,
  detail: string,
  delivery: Delivery,
  world: BatchWorld,
): Promise<void> {
  const { jobId, id, item } = wait;
  world.telemetry.metric('Errors', 1);
  await world.catalog.completeStep({
    jobId,
    step: `batch-${thawedBatch(wait).batch}`,
    progress: { batchesDone: 1, counts: { thawing: -1, failed: 1 } },
    problems: [{ key: item.key, reason, detail }],
    continuations: [],
  });
  await settleRestore(jobId, delivery, world);
  await world.catalog.patchThaw(jobId, id, { done: true });
}
