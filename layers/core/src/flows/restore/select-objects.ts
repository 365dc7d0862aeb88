import { compileFilter } from '../../model/filter.ts';
import type { AcceptedRestore } from '../../model/restore-request.ts';
import { bucketOf } from '../../model/source-uri.ts';
import { vaultPlace } from '../../model/vault-key.ts';
import type { VaultReader } from '../dependencies.ts';
import { longStatesAt, plainStatesAt, type SourceStateAt } from '../source-history.ts';
import { keyVersions, type RealVersion } from '../vault-history.ts';

/** What of a source is wanted, and as of when. */
export type Selection = Pick<
  AcceptedRestore,
  'source' | 'prefix' | 'at' | 'include' | 'exclude' | 'changedSince' | 'deletedOnly' | 'versionId'
>;

/** One object to bring back: the source's key, and the vault version that holds it. */
export type Selected = { readonly key: string; readonly vaultKey: string; readonly version: RealVersion };

/** The vault's two listings: keys that are part of a vault key, and those kept by their hash. */
export type VaultPart = 'plain' | 'long';

/** A vault key that was looked at, and what of it is wanted. */
export type Looked = { readonly vaultKey: string; readonly selected?: Selected };

/** Goes through one part of the vault, from a vault key on, in the listing's order. */
export async function* lookThrough(
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
    yield { vaultKey: state.vaultKey, ...(selected === undefined ? {} : { selected }) };
  }
}

/** Everything that is wanted: plain keys in order, then long ones. */
export async function* selectedObjects(selection: Selection, world: VaultReader): AsyncGenerator<Selected> {
  for (const part of ['plain', 'long'] as const) {
    for await (const { selected } of lookThrough(part, selection, undefined, world)) {
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
    return { key: state.key, vaultKey: state.vaultKey, version };
  };
}

function changedIn({ current }: SourceStateAt, { changedSince }: Selection): RealVersion | undefined {
  return current !== undefined && isAfter(current.lastModified, changedSince) ? current : undefined;
}

function deletedIn({ deleted }: SourceStateAt, { changedSince }: Selection): RealVersion | undefined {
  return deleted !== undefined && isAfter(deleted.at, changedSince) ? deleted.last : undefined;
}

function isAfter(at: number, since: number | undefined): boolean {
  return since === undefined || at > since;
}

/** The selection's prefix is the whole key then. */
async function* oneVersion(
  { source, prefix: key, versionId }: Selection,
  world: VaultReader,
): AsyncGenerator<Looked> {
  const { key: vaultKey } = vaultPlace(bucketOf(source), key);
  for await (const version of keyVersions(vaultKey, world)) {
    if (version.versionId !== versionId || version.deleteMarker) continue;
    yield { vaultKey, selected: { key, vaultKey, version } };
    return;
  }
}
