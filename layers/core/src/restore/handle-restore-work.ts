import { parseJson } from '../model/json.ts';
import { parseRestoreWork } from '../model/messages.ts';
import { isThawed, parseS3Notification, type S3Notification } from '../model/s3-notification.ts';
import { thawId } from '../model/thaw-wait.ts';
import type { Delivery } from '../ports/world.ts';
import { askThaws } from './ask-thaws.ts';
import { deleteExtras } from './delete-extras.ts';
import { type BatchWorld, restoreBatch } from './restore-batch.ts';
import { sweepThaws } from './sweep-thaws.ts';
import { thawedBatch } from './thaw-requests.ts';

/**
 * Does one message of the restore-work queue: objects to bring back, objects to ask for, S3's event that one can be
 * read now, the look for events that never came, or a step of what an exact restore deletes.
 */
export async function handleRestoreWork(body: string, delivery: Delivery, world: BatchWorld): Promise<void> {
  if (!hasKind(parseJson(body))) return hearThawed(parseS3Notification(body), delivery, world);
  const message = parseRestoreWork(body);
  if (message.kind === 'thaw') return askThaws(message, delivery, world);
  if (message.kind === 'sweep') return sweepThaws(message, delivery, world);
  if (message.kind === 'extras') return deleteExtras(message, delivery, world);
  await restoreBatch(message, delivery, world);
}

function hasKind(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'kind' in json;
}

/**
 * Restores what S3 says can be read now, for every job that waits for it. The event is a hint: the restore looks at the
 * object itself, and one that cannot be read after all goes on waiting for the sweep.
 */
async function hearThawed(
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
