import { bucketOf } from '../../../model/bucket-uri.ts';
import { isStoreError, logText, messageOf } from '../../../model/errors.ts';
import type { Source, WiringState } from '../../../model/source.ts';
import type { World } from '../../../ports/world.ts';
import { SETTLING_SECONDS } from './look-again-soon.ts';

type CheckWorld = Pick<World, 'wiring' | 'catalog' | 'telemetry' | 'clock'>;

/**
 * Makes sure that the source's events still arrive, mends what it can and says what it did. A source whose
 * notifications were switched off must never go quiet; a check that fails is itself told of, and stops nothing.
 *
 * For ten minutes after a source was protected, nobody is told that its events seem to be off, or its bucket not to be
 * looked at: S3's answer may be from before. It is switched on again all the same, and the reconcile that follows looks anew.
 * Source: S3 user guide, "What is Amazon S3?": "Bucket configurations have an eventual consistency model".
 */
export async function checkWiring(source: Source, world: CheckWorld): Promise<WiringState> {
  const { wiring, catalog, telemetry } = world;
  try {
    const found = await wiring.ensure(bucketOf(source.source), source.prefix);
    const stale = found.mayBeStale === true && isSettling(source, world);
    const { state, detail } = stale ? { state: 'ok' as const, detail: undefined } : found;
    if (state !== 'ok') {
      telemetry.warn('event wiring had drifted', { source: source.source, state, detail });
      telemetry.metric('WiringDrift', 1);
    }
    const words = detail === undefined ? { clear: ['wiringDetail' as const] } : { wiringDetail: detail };
    await catalog.patchSource(source.source, { wiring: state, ...words });
    return state;
  } catch (error) {
    telemetry.warn('event wiring could not be checked', { source: source.source, error: logText(error) });
    if (!isStoreError(error, 'access-denied') || !isSettling(source, world))
      telemetry.metric('WiringDrift', 1);
    await catalog.patchSource(source.source, { wiring: 'unknown', wiringDetail: messageOf(error) });
    return 'unknown';
  }
}

function isSettling({ protectedAt }: Source, { clock }: CheckWorld): boolean {
  return clock() - protectedAt < SETTLING_SECONDS * 1000;
}
