import type { Source } from '../../model/source.ts';
import type { LargeVersion } from '../../model/workdocs/site-messages.ts';
import type { Delivery } from '../dependencies.ts';
import type { SiteWorld } from './site-world.ts';

export async function bringLargeVersion(
  _source: Source,
  _message: LargeVersion,
  _delivery: Delivery,
  _world: SiteWorld,
): Promise<void> {
  throw new Error('not yet');
}
