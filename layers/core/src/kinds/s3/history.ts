import { bucketOf, sourceUri } from '../../model/bucket-uri.ts';
import type { SourcePlace } from '../../model/source-place.ts';
import type { VaultReader } from '../../ports/world.ts';
import { selectedObjects } from '../../source/select-objects.ts';
import type { SourceHistory } from '../../source/source-kind.ts';
import { vaultObjects } from '../../source/version-reader.ts';
import { namesUnder } from '../../vault/names-under.ts';
import { bucketStatesAt } from './history/bucket-states.ts';
import { BUCKET_TOP, bucketCandidates } from './history/candidates.ts';
import { bucketChanges } from './history/change-history.ts';
import { compareBucketMoments } from './history/compare-moments.ts';
import { bucketVersion } from './history/find-version.ts';
import { bucketObjectVersions } from './history/object-versions.ts';
import { bucketPresence } from './history/presence.ts';
import { bucketVersions, oldestCopy } from './history/source-versions.ts';
import { bucketOfFolder } from './model/vault-key.ts';
import { bucketBeside } from './records/bucket-beside.ts';
import { s3Selection } from './selection.ts';

/** How buckets are read back: the version history of a copy is that of its object. */
export const s3History: SourceHistory = {
  ...s3Selection,
  statesAt: ({ source, prefix }, at, world) => bucketStatesAt(bucketOf(source), prefix, at, world),
  hasAny,
  oldestMoment: ({ source, prefix }, world) => oldestCopy(bucketOf(source), prefix, world),
  compare: compareBucketMoments,
  changes: bucketChanges,
  version: bucketVersion,
  versionsOf: bucketObjectVersions,
  reader: vaultObjects,
  candidates: bucketCandidates,
  top: BUCKET_TOP,
  // Listed anew each time: a history may have more objects than memory.
  selectRepeatedly: (selection, world, reading) => () =>
    selectedObjects(selection, s3History, world, reading),
  beside: bucketBeside,
  presence: bucketPresence,
  entries: {
    sources,
    statesOf: (source, world) => bucketStatesAt(bucketOf(source), '', Number.MAX_SAFE_INTEGER, world),
    factsOf: () => async () => ({}),
    isCounted: () => true,
  },
};

async function hasAny({ source, prefix }: SourcePlace, world: VaultReader): Promise<boolean> {
  for await (const _ of bucketVersions(bucketOf(source), prefix, world)) return true;
  return false;
}

async function* sources(world: VaultReader): AsyncGenerator<string> {
  const known = new Set<string>();
  for await (const name of namesUnder('s3/', world)) {
    // `s3/<bucket>/` and what is kept beside it are adjacent only by chance.
    const source = sourceUri(bucketOfFolder(name));
    if (!known.has(source)) yield source;
    known.add(source);
  }
}
