import { bucketOf } from '../../model/bucket-uri.ts';
import type { VaultReader } from '../../ports/world.ts';
import { chooser, type Looked, type Selection, type VaultPart } from '../../source/selection.ts';
import type { SourceSelection } from '../../source/source-kind.ts';
import { keyVersions } from '../../vault/vault-history.ts';
import { longStatesAt, plainStatesAt } from './history/bucket-states.ts';
import { vaultPlace } from './model/vault-key.ts';

/** Keys that are part of a vault key in order, then those kept by their hash; from behind any of them. */
export const s3Selection: SourceSelection = {
  parts: ['plain', 'long'],
  resumable: true,
  lookThrough: lookThroughBucket,
};

/** Goes through one part of what the vault has of a bucket, from behind a vault key on, in the listing's order. */
async function* lookThroughBucket(
  part: VaultPart,
  selection: Selection,
  after: string | undefined,
  world: VaultReader,
): AsyncGenerator<Looked> {
  if (selection.versionId !== undefined) {
    if (part === 'plain') yield* oneVersion(selection, world);
    return;
  }
  const choose = chooser(selection);
  const { prefix, at } = selection;
  const bucket = bucketOf(selection.source);
  const states =
    part === 'plain'
      ? plainStatesAt(bucket, prefix, at, after, world)
      : longStatesAt(bucket, at, after, world);
  for await (const state of states) {
    const selected = choose(state);
    yield { mark: state.vaultKey, ...(selected === undefined ? {} : { selected }) };
  }
}

/** The selection's prefix is the whole key then. */
async function* oneVersion(
  { source, prefix: key, versionId }: Selection,
  world: VaultReader,
): AsyncGenerator<Looked> {
  const { key: vaultKey } = vaultPlace(bucketOf(source), key);
  for await (const version of keyVersions(vaultKey, world)) {
    if (version.versionId !== versionId || version.deleteMarker) continue;
    yield { mark: vaultKey, selected: { key, vaultKey, version } };
    return;
  }
}
