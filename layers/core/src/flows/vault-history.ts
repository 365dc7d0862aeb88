import type { ListedVersion } from '../model/object.ts';
import type { World } from './dependencies.ts';

type RealVersion = Extract<ListedVersion, { deleteMarker: false }>;

/** One vault key as it stood at a moment. */
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
  { store, settings }: Pick<World, 'store' | 'settings'>,
): AsyncGenerator<ListedVersion> {
  let marker = after === undefined ? undefined : { key: after };
  for (;;) {
    const page = await store.listVersions({
      bucket: settings.vault,
      prefix,
      ...(marker === undefined ? {} : { marker }),
    });
    yield* page.versions;
    if (page.next === undefined) return;
    marker = page.next;
  }
}

/**
 * Every key under a prefix as it stood at a moment: the newest version captured at or before it, unless a delete
 * marker at or before it is newer. Keys that were not there at all are left out. Times are the vault's own, in whole
 * seconds; within a second the listing's order counts.
 *
 * @param at ms since 1970
 * @param after only keys after this vault key
 */
export async function* vaultStatesAt(
  prefix: string,
  at: number,
  after: string | undefined,
  world: Pick<World, 'store' | 'settings'>,
): AsyncGenerator<VaultState> {
  let state: VaultState | undefined;
  let key: string | undefined;
  for await (const version of vaultVersions(prefix, after, world)) {
    if (version.key !== key) {
      if (state !== undefined) yield state;
      key = version.key;
      state = undefined;
    }
    state = refine(state, version, at);
  }
  if (state !== undefined) yield state;
}

/** Takes the next older version of the key into account. */
function refine(state: VaultState | undefined, version: ListedVersion, at: number): VaultState | undefined {
  if (version.lastModified > at) return state;
  if (state === undefined) {
    return version.deleteMarker
      ? { vaultKey: version.key, deleted: { at: version.lastModified } }
      : { vaultKey: version.key, current: version };
  }
  if (state.deleted === undefined || state.deleted.last !== undefined) return state;
  // Two markers in a row: the deletion was the older one.
  if (version.deleteMarker) return { vaultKey: state.vaultKey, deleted: { at: version.lastModified } };
  return { vaultKey: state.vaultKey, deleted: { ...state.deleted, last: version } };
}
