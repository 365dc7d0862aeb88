import type { SourcePlace } from '../model/source-place.ts';
import { bucketOf } from '../model/source-uri.ts';
import type { VaultReader } from './dependencies.ts';
import { bucketStatesAt, type SourceStateAt } from './source-history.ts';
import { bucketVersions, oldestCopy } from './source-versions.ts';

/** Everything the vault knows of a source under a prefix, as of a moment. */
export function sourceStatesAt(
  { source, prefix }: SourcePlace,
  at: number,
  world: VaultReader,
): AsyncIterable<SourceStateAt> {
  return bucketStatesAt(bucketOf(source), prefix, at, world);
}

/** Whether the vault has, or had, anything under a place. */
export async function hasAny({ source, prefix }: SourcePlace, world: VaultReader): Promise<boolean> {
  for await (const _ of bucketVersions(bucketOf(source), prefix, world)) return true;
  return false;
}

/** The earliest moment of which the vault still has something under a place. */
export function oldestMoment(
  { source, prefix }: SourcePlace,
  world: VaultReader,
): Promise<number | undefined> {
  return oldestCopy(bucketOf(source), prefix, world);
}
