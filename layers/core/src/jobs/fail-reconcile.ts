import { InvalidInputError, isStoreError, logText, messageOf, SourceError } from '../model/errors.ts';
import type { Delivery, World } from '../ports/world.ts';
import { failJob } from './end-job.ts';

type FailWorld = Pick<World, 'catalog' | 'queue' | 'clock' | 'telemetry'>;

/** Ends a reconcile that could not be done. Nothing of the source is marked; what the vault has stays as it is. */
export async function failReconcile(
  uri: string,
  jobId: string,
  error: unknown,
  delivery: Pick<Delivery, 'receiveCount' | 'messageId'>,
  world: FailWorld,
): Promise<void> {
  const why = messageOf(error);
  const message = `${uri} could not be reconciled: ${why}; nothing was marked deleted`;
  world.telemetry.error('reconcile failed', { source: uri, jobId, error: logText(error) });
  const job = await world.catalog.getJob(jobId);
  // One that could not even begin is told of by its message in the dead-letter queue.
  if (job === undefined && !(error instanceof InvalidInputError)) throw error;
  // Only what the store said tells of the source; a queue or table that fails is ours.
  if (job?.state === 'running' && (isStoreError(error) || error instanceof SourceError))
    await world.catalog.patchSource(uri, { unreachable: why });
  await failJob(job, message, delivery, world);
}
