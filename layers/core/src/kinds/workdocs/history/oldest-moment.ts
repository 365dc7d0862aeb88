import type { SourcePlace } from '../../../model/source-place.ts';
import type { VaultReader } from '../../../ports/world.ts';
import { siteStatesAt } from './site-states.ts';

/** When the oldest version was made of which the vault has something under a path, or else when it was captured. */
export async function oldestSiteMoment(place: SourcePlace, world: VaultReader): Promise<number | undefined> {
  let oldest: number | undefined;
  const all = siteStatesAt(place, Number.MAX_SAFE_INTEGER, world, { allVersions: true });
  for await (const { current, deleted, changedAt } of all) {
    const at = changedAt ?? (current ?? deleted?.last)?.lastModified;
    if (at !== undefined && at > 0) oldest = Math.min(at, oldest ?? at);
  }
  return oldest;
}
