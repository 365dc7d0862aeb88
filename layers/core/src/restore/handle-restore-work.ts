import { parseJson } from '../model/json.ts';
import { parseRestoreWork } from '../model/messages.ts';
import { parseS3Notification } from '../model/s3-notification.ts';
import type { Delivery } from '../ports/world.ts';
import { askThaws } from './ask-thaws.ts';
import { deleteExtras } from './delete-extras.ts';
import { hearThawed } from './hear-thawed.ts';
import { type BatchWorld, restoreBatch } from './restore-batch.ts';
import { sweepThaws } from './sweep-thaws.ts';

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
