import { defined } from '../model/defined.ts';
import { compileFilter } from '../model/filter.ts';
import type { AcceptedRestore } from '../model/restore-request.ts';
import type { RealVersion } from '../vault/vault-history.ts';
import type { SourceStateAt } from './source-state.ts';

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

/** Listings of the vault: of keys that are part of a vault key, and of those kept by their hash. A kind may have the first alone. */
export type VaultPart = 'plain' | 'long';

/** What was looked at, and what of it is wanted. */
export type Looked = {
  /** How far the look has come: where a history is resumable, it can go on from there. */
  readonly mark: string;
  readonly selected?: Selected;
};

/** What only kinds look at that are read as a whole. */
export type TreeReading = {
  /** More things are refused: whoever reads has only so much time. */
  readonly most?: number | undefined;
  /** Hears how many were read. */
  readonly onProgress?: ((read: number) => void) | undefined;
};

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

/** What is selected of a key's state: one version. */
export function selectedOf(
  { key, vaultKey, modifiedAt, checksum, lacking }: SourceStateAt,
  version: RealVersion,
): Selected {
  return { key, vaultKey, version, ...defined({ modifiedAt, checksum, lacking }) };
}
