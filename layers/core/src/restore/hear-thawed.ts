import type { Change } from '../kinds/s3/model/change.ts';
import { thawId } from '../model/thaw-wait.ts';
import type { Delivery } from '../ports/world.ts';
import { type BatchWorld, restoreBatch } from './restore-batch.ts';
import { thawedBatch } from './thaw-requests.ts';

/**
 * Restores what S3 says can be read now, for every job that waits for it. The event is a hint: the restore looks at the
 * object itself, and one that cannot be read after all goes on waiting for the sweep.
 */
export async function hearThawed(
  changes: readonly Change[],
  delivery: Delivery,
  world: BatchWorld,
): Promise<void> {
  const thawed = changes.filter(({ kind, bucket }) => kind === 'seen' && bucket === world.settings.vault);
  if (thawed.length === 0) return;
  const jobs = (await world.catalog.listThawingJobs()).filter(({ ended }) => !ended);
  for (const { key } of thawed) {
    const id = thawId(key);
    for (const { jobId } of jobs) {
      const wait = await world.catalog.getThaw(jobId, id);
      if (wait === undefined || wait.done) continue;
      await restoreBatch(thawedBatch(wait), delivery, world);
    }
  }
}
