import { isThawed, type S3Notification } from '../model/s3-notification.ts';
import { thawId } from '../model/thaw-wait.ts';
import type { Delivery } from '../ports/world.ts';
import { type BatchWorld, restoreBatch } from './restore-batch.ts';
import { thawedBatch } from './thaw-requests.ts';

/**
 * Restores what S3 says can be read now, for every job that waits for it. The event is a hint: the restore looks at the
 * object itself, and one that cannot be read after all goes on waiting for the sweep.
 */
export async function hearThawed(
  told: readonly S3Notification[],
  delivery: Delivery,
  world: BatchWorld,
): Promise<void> {
  const thawed = told.filter((one) => isThawed(one) && one.bucket === world.settings.vault);
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
