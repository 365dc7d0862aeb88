import type { SourcePlace } from '../model/source-place.ts';
import { bucketOf } from '../model/source-uri.ts';
import { isSiteUri } from '../model/workdocs/site-uri.ts';
import type { VaultReader } from './dependencies.ts';
import { bucketStatesAt, type SourceStateAt } from './source-history.ts';
import { bucketVersions, oldestCopy } from './source-versions.ts';
import { oldestSiteMoment } from './workdocs/oldest-moment.ts';
import { siteStatesAt } from './workdocs/site-states.ts';

/** Everything the vault knows of a source under a prefix, or of a site under a path, as of a moment. */
export function sourceStatesAt(
  place: SourcePlace,
  at: number,
  world: VaultReader,
): AsyncIterable<SourceStateAt> {
  if (isSiteUri(place.source)) return siteStatesAt(place, at, world);
  return bucketStatesAt(bucketOf(place.source), place.prefix, at, world);
}

/** Whether the vault has, or had, anything under a place. */
export async function hasAny(place: SourcePlace, world: VaultReader): Promise<boolean> {
  const { source, prefix } = place;
  const found = isSiteUri(source)
    ? siteStatesAt(place, Number.MAX_SAFE_INTEGER, world)
    : bucketVersions(bucketOf(source), prefix, world);
  for await (const _ of found) return true;
  return false;
}

/** The earliest moment of which the vault still has something under a place. */
export function oldestMoment(place: SourcePlace, world: VaultReader): Promise<number | undefined> {
  const { source, prefix } = place;
  if (isSiteUri(source)) return oldestSiteMoment(place, world);
  return oldestCopy(bucketOf(source), prefix, world);
}
