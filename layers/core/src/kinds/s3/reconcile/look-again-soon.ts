import type { Source } from '../../../model/source.ts';
import type { World } from '../../../ports/world.ts';
import type { ReconcileMessage } from '../model/bucket-messages.ts';

/** From when a source was protected until S3 acts on, and answers by, what was set at its bucket. */
export const SETTLING_SECONDS = 600;

/**
 * S3 takes some minutes to send events after EventBridge was switched on: what changes until then is found by one more
 * reconcile, a little later than that.
 * Source: S3 user guide, "Enabling Amazon EventBridge": "it takes around five minutes for the changes to take effect".
 */
export async function lookAgainSoon({ source }: Source, { queue }: Pick<World, 'queue'>): Promise<void> {
  const again: ReconcileMessage = { kind: 'reconcile', source, trigger: 'schedule' };
  await queue.send('reconcile', [JSON.stringify(again)], { delaySeconds: SETTLING_SECONDS });
}
