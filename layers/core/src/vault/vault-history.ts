import { defined } from '../model/defined.ts';
import type { ListedVersion } from '../model/object.ts';
import type { VersionPage } from '../ports/object-store.ts';
import type { VaultReader } from '../ports/world.ts';

/** A version that has bytes: no delete marker. */
export type RealVersion = Extract<ListedVersion, { deleteMarker: false }>;

/** One vault key as it stood at a moment; neither `current` nor `deleted` when it was not there yet. */
export type VaultState = {
  readonly vaultKey: string;
  /** The version that was current; absent when the object was deleted, or not there yet. */
  readonly current?: RealVersion;
  /** When it was deleted, and the last version before that. */
  readonly deleted?: { readonly at: number; readonly last?: RealVersion };
};

/** All versions under a prefix, by key, each key's newest first; page by page, in constant memory. */
export async function* vaultVersions(
  prefix: string,
  after: string | undefined,
  { store, settings }: VaultReader,
): AsyncGenerator<ListedVersion> {
  let marker: VersionPage['next'] = after === undefined ? undefined : { key: after };
  for (;;) {
    const page = await store.listVersions({
      bucket: settings.vault,
      prefix,
      ...defined({ marker }),
    });
    yield* page.versions;
    if (page.next === undefined) return;
    marker = page.next;
  }
}

/** All versions of one vault key, the newest first. */
export async function* keyVersions(vaultKey: string, world: VaultReader): AsyncGenerator<ListedVersion> {
  for await (const version of vaultVersions(vaultKey, undefined, world)) {
    // Keys that only begin like this one come after it.
    if (version.key !== vaultKey) return;
    yield version;
  }
}

/**
 * Every key under a prefix as it stood at a moment: the newest version captured at or before it, unless a delete
 * marker at or before it is newer. Keys that were not there yet come without either. Times are the vault's own, in whole
 * seconds; within a second the listing's order counts.
 *
 * @param at ms since 1970
 * @param after only keys after this vault key
 */
export async function* vaultStatesAt(
  prefix: string,
  at: number,
  after: string | undefined,
  world: VaultReader,
): AsyncGenerator<VaultState> {
  let state: VaultState | undefined;
  for await (const version of vaultVersions(prefix, after, world)) {
    if (version.key !== state?.vaultKey) {
      if (state !== undefined) yield state;
      state = { vaultKey: version.key };
    }
    state = refine(state, version, at);
  }
  if (state !== undefined) yield state;
}

/** Takes the next older version of the key into account. */
export function refine(state: VaultState, version: ListedVersion, at: number): VaultState {
  const { vaultKey, current, deleted } = state;
  if (version.lastModified > at || current !== undefined || deleted?.last !== undefined) return state;
  // Of several markers in a row, the oldest is the deletion.
  if (version.deleteMarker) return { vaultKey, deleted: { at: version.lastModified } };
  return deleted === undefined
    ? { vaultKey, current: version }
    : { vaultKey, deleted: { ...deleted, last: version } };
}
