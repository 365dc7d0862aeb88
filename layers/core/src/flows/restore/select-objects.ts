import { defined } from '../../model/defined.ts';
import { compileFilter } from '../../model/filter.ts';
import type { AcceptedRestore } from '../../model/restore-request.ts';
import { bucketOf } from '../../model/source-uri.ts';
import { vaultPlace } from '../../model/vault-key.ts';
import { isSiteUri } from '../../model/workdocs/site-uri.ts';
import type { VaultReader } from '../dependencies.ts';
import { longStatesAt, plainStatesAt, type SourceStateAt } from '../source-history.ts';
import { keyVersions, type RealVersion } from '../vault-history.ts';
import { siteStatesAt } from '../workdocs/site-states.ts';
import type { TreeOptions } from '../workdocs/site-tree.ts';
import { siteVersion } from '../workdocs/site-version.ts';

/** What of a source is wanted, and as of when. */
export type Selection = Pick<
  AcceptedRestore,
  | 'source'
  | 'prefix'
  | 'at'
  | 'include'
  | 'exclude'
  | 'changedSince'
  | 'deletedOnly'
  | 'versionId'
  | 'allVersions'
  | 'sidecars'
>;

/** One object to bring back: the source's key, and the vault version that holds it. */
export type Selected = Pick<SourceStateAt, 'key' | 'vaultKey' | 'modifiedAt' | 'checksum' | 'lacking'> & {
  readonly version: RealVersion;
};

/** The vault's two listings: keys that are part of a vault key, and those kept by their hash. */
export type VaultPart = 'plain' | 'long';

/** What was looked at, and what of it is wanted. */
export type Looked = {
  /** How far the look has come: the vault key, from where it can go on; of a site the path. */
  readonly mark: string;
  readonly selected?: Selected;
};

/** What only the reading of a site looks at. */
export type SiteReading = Pick<TreeOptions, 'most' | 'onProgress'>;

/**
 * Goes through one part of the vault, from a vault key on, in the listing's order. A site is one part, and is always gone
 * through from its beginning.
 */
export async function* lookThrough(
  part: VaultPart,
  selection: Selection,
  after: string | undefined,
  world: VaultReader,
  reading: SiteReading = {},
): AsyncGenerator<Looked> {
  if (isSiteUri(selection.source)) {
    if (part === 'plain') yield* lookThroughSite(selection, world, reading);
    return;
  }
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

/** Everything that is wanted: plain keys in order, then long ones. */
export async function* selectedObjects(
  selection: Selection,
  world: VaultReader,
  reading: SiteReading = {},
): AsyncGenerator<Selected> {
  for (const part of ['plain', 'long'] as const) {
    for await (const { selected } of lookThrough(part, selection, undefined, world, reading)) {
      if (selected !== undefined) yield selected;
    }
  }
}

/** Compiles a selection, once for many keys: what of a key's state is wanted. */
export function chooser(selection: Selection): (state: SourceStateAt) => Selected | undefined {
  const wanted = compileFilter(selection);
  return (state) => {
    const version = selection.deletedOnly ? deletedIn(state, selection) : changedIn(state, selection);
    if (version === undefined || !wanted(state.key)) return undefined;
    return selectedOf(state, version);
  };
}

function changedIn(
  { current, changedAt, lacking, lackingSince }: SourceStateAt,
  { changedSince }: Selection,
): RealVersion | undefined {
  if (current === undefined) return undefined;
  // Of what is lacking at an unknown time nobody knows that it did not change: it is told of.
  const changed = lacking === undefined ? (changedAt ?? current.lastModified) : (lackingSince ?? Infinity);
  return isAfter(changed, changedSince) ? current : undefined;
}

function deletedIn({ deleted }: SourceStateAt, { changedSince }: Selection): RealVersion | undefined {
  return deleted !== undefined && isAfter(deleted.at, changedSince) ? deleted.last : undefined;
}

function isAfter(at: number, since: number | undefined): boolean {
  return since === undefined || at > since;
}

function selectedOf(
  { key, vaultKey, modifiedAt, checksum, lacking }: SourceStateAt,
  version: RealVersion,
): Selected {
  return { key, vaultKey, version, ...defined({ modifiedAt, checksum, lacking }) };
}

async function* lookThroughSite(
  selection: Selection,
  world: VaultReader,
  reading: SiteReading,
): AsyncGenerator<Looked> {
  const { at, versionId, allVersions, sidecars } = selection;
  if (versionId !== undefined) {
    const state = await siteVersion(selection, versionId, world);
    const version = state?.current ?? state?.deleted?.last;
    if (state !== undefined && version !== undefined)
      yield { mark: state.key, selected: selectedOf(state, version) };
    return;
  }
  const choose = chooser(selection);
  for await (const state of siteStatesAt(selection, at, world, { ...reading, allVersions, sidecars })) {
    yield { mark: state.key, ...defined({ selected: choose(state) }) };
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
