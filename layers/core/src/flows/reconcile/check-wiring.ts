import { logText, messageOf } from '../../model/errors.ts';
import type { Source, WiringState } from '../../model/source.ts';
import { bucketOf } from '../../model/source-uri.ts';
import type { World } from '../dependencies.ts';

/**
 * Makes sure that the source's events still arrive, mends what it can and says what it did. A source whose
 * notifications were switched off must never go quiet; a check that fails is itself told of, and stops nothing.
 */
export async function checkWiring(
  source: Source,
  { wiring, catalog, telemetry }: Pick<World, 'wiring' | 'catalog' | 'telemetry'>,
): Promise<WiringState> {
  try {
    const { state, detail } = await wiring.ensure(bucketOf(source.source), source.prefix);
    if (state !== 'ok') {
      telemetry.warn('event wiring had drifted', { source: source.source, state, detail });
      telemetry.metric('WiringDrift', 1);
    }
    const words = detail === undefined ? { clear: ['wiringDetail' as const] } : { wiringDetail: detail };
    await catalog.patchSource(source.source, { wiring: state, ...words });
    return state;
  } catch (error) {
    telemetry.warn('event wiring could not be checked', { source: source.source, error: logText(error) });
    telemetry.metric('WiringDrift', 1);
    await catalog.patchSource(source.source, { wiring: 'unknown', wiringDetail: messageOf(error) });
    return 'unknown';
  }
}
