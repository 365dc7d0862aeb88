import { parseRestoreWork } from '../../model/messages.ts';
import type { Delivery } from '../dependencies.ts';
import { deleteExtras } from './delete-extras.ts';
import { type BatchWorld, restoreBatch } from './restore-batch.ts';

/** Does one message of the queue of restore work: a batch of objects, or a step of what an exact restore deletes. */
export async function handleRestoreWork(body: string, delivery: Delivery, world: BatchWorld): Promise<void> {
  const work = parseRestoreWork(body);
  if (work.kind === 'extras') await deleteExtras(work, delivery, world);
  else await restoreBatch(work, delivery, world);
}
